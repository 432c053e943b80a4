package org.bitgaze.torch.emit;

import java.util.List;

/**
 * A weighted sum of outputs: S = sum W * output. The argument {@code weights} (float32) is W, of
 * the outputs' shape (N, ...).
 */
public record WeightedScore() implements Score {
  @Override
  public String argument() {
    return "weights";
  }

  @Override
  public String write(ProgramText text) {
    return "torch.sum(torch.mul(weights, logits))";
  }

  @Override
  public List<String> results() {
    return List.of();
  }

  @Override
  public String clipped(String beyond) {
    // Outputs without weight count as clipped.
    String unweighted = "torch.eq(torch.flatten(weights, 1, -1), 0)";
    return "torch.all(torch.bitwise_or(" + beyond + ", " + unweighted + "), 1)";
  }
}
