package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.network.AttentionBlock;
import org.bitgaze.network.GlobalAttention;
import org.bitgaze.network.Graph;
import org.bitgaze.network.op.ScalarType;

/**
 * Writes a network and a map of its attention. Where the method needs gradients, all that follows
 * the first attention is differentiated.
 *
 * @param text the program, whose input is bound
 * @param attention the network's attentions
 * @param method one that needs {@link MapMethod.Need#ATTENTION}
 * @param score what is explained
 * @param clipped finds logits beyond their quantization range
 */
public record RolloutText(
    ProgramText text,
    GlobalAttention attention,
    MapMethod method,
    Score score,
    ClippingText clipped) {

  /**
   * Writes variables {@code cam} (N, h, w), {@code logits} (N, ...), those of the score and, where
   * logits may be clipped, {@code clipped} (N, bool).
   */
  public void write() {
    if (method.usesAttentionGradient()) {
      writeDifferentiated();
    } else {
      text.add("torch.set_grad_enabled(False)");
      text.write(text.graph().names(), ProgramText.Use.KEPT);
      text.add("logits = " + text.variable(text.graph().output().name()));
      score.write(text);
    }
    int tokens = attention.view().prefix() + attention.view().height() * attention.view().width();
    String one = "torch.eye(" + tokens + ", dtype=" + ScalarType.FLOAT32 + ")";
    text.add("identity = torch.unsqueeze(" + one + ", 0)");
    text.add("rollout = identity");
    for (int i = 0; i < attention.blocks().size(); i++) {
      text.add("attention = torch.detach(" + text.variable(weights(i)) + ")");
      if (method.usesAttentionGradient()) {
        text.add("g = " + HeadText.gradient(i == 0 ? 0 : i + watched().size()));
      }
      method.statements().lines().forEach(text::add);
    }
    writeMap(tokens);
    if (method.usesAttentionGradient()) {
      clipped.write(text, score);
    }
  }

  private String weights(int block) {
    return attention.blocks().get(block).weights().name();
  }

  private List<String> watched() {
    return clipped.watched(text);
  }

  private void writeDifferentiated() {
    Graph graph = text.graph();
    Set<String> before = new HashSet<>();
    List<String> leaves = new ArrayList<>();
    for (AttentionBlock block : attention.blocks()) {
      String name = block.weights().name();
      Set<String> ancestors = graph.ancestors(name);
      if (leaves.stream().noneMatch(ancestors::contains)) {
        leaves.add(name);
        before.addAll(ancestors);
      }
    }
    text.add("torch.set_grad_enabled(False)");
    text.write(before, ProgramText.Use.OVERWRITTEN);
    text.add("torch.set_grad_enabled(True)");
    for (int i = 0; i < leaves.size(); i++) {
      String leaf = "leaf" + i;
      String value = text.variable(leaves.get(i));
      text.add(leaf + " = torch.requires_grad_(torch.detach(" + value + "), True)");
      text.bind(leaves.get(i), leaf);
    }
    Set<String> after = graph.names();
    after.removeAll(before);
    text.write(after, ProgramText.Use.DIFFERENTIATED);
    text.add("logits = " + text.variable(graph.output().name()));
    String sum = score.write(text);
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < attention.blocks().size(); i++) {
      variables.add(text.variable(weights(i)));
    }
    variables.addAll(1, watched());
    text.add("gradients = torch.grad([" + sum + "], " + variables + ", None, None, False, False)");
    text.add("torch.set_grad_enabled(False)");
  }

  /** The mean of the rows of the tokens that the head reads, in the patches' columns. */
  private void writeMap(int tokens) {
    String rows = "rollout";
    if (attention.read().size() < tokens) {
      text.add("read = torch.tensor(" + attention.read() + ", dtype=" + ScalarType.INT64 + ")");
      rows = "torch.index_select(rollout, 1, read)";
    }
    text.add("relevance = torch.mean(" + rows + ", [1], False)");
    text.add(
        "cam = torch.unflatten(torch.slice(relevance, 1, %d, %d, 1), 1, [%d, %d])"
            .formatted(
                attention.view().prefix(),
                tokens,
                attention.view().height(),
                attention.view().width()));
  }

  /** {@return the results of a program that ends here, each an expression for a tensor} */
  public List<String> results() {
    List<String> results = new ArrayList<>();
    results.add("torch.contiguous(cam)");
    results.add("torch.detach(logits)");
    results.addAll(score.results());
    if (method.usesAttentionGradient()) {
      clipped.result().ifPresent(results::add);
    }
    return results;
  }
}
