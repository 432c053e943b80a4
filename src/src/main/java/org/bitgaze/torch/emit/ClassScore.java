package org.bitgaze.torch.emit;

import java.util.List;

/**
 * One class's logit: S = logits[target]. The argument {@code target} (int64, N) holds the class, or
 * a negative number for the class with the largest logit. The program also returns {@code
 * explained} (int64, N): the class.
 */
public record ClassScore() implements Score {
  @Override
  public String argument() {
    return "target";
  }

  @Override
  public String write(ProgramText text) {
    text.add("top = torch.argmax(logits, 1, False)");
    text.add("explained = torch.where(torch.lt(target, 0), top, target)");
    text.add("scores = " + explained("logits"));
    return "torch.sum(scores)";
  }

  @Override
  public List<String> results() {
    return List.of("explained");
  }

  @Override
  public String clipped(String beyond) {
    return "torch.flatten(" + explained(beyond) + ", 0, -1)";
  }

  private static String explained(String outputs) {
    return "torch.gather(" + outputs + ", 1, torch.unsqueeze(explained, 1))";
  }
}
