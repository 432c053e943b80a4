package org.bitgaze.torch;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;

/**
 * What follows the target layer: it is differentiated, and makes the map. The class to explain is
 * the program's variable {@code target}, below 0 for the network's own.
 *
 * @param text where it is written
 * @param target the node whose output the map weighs
 * @param nodes those that follow it
 * @param method how the target layer's activations are weighed
 * @param clipping the quantization of the logits, where it may let no gradient through
 */
record HeadText(
    ProgramText text, String target, Set<String> nodes, MapMethod method, Optional<Node> clipping) {

  /**
   * The logits' quantization, if that layer is quantized: nothing behind the last layer with
   * weights has another. Where the target layer itself is the last one, none is between it and the
   * logits, and nothing is clipped.
   */
  static Optional<Node> clipping(Graph graph, Set<String> head, Predicate<Node> quantizes) {
    Node last = null;
    for (Node node : graph.nodes()) {
      if (!node.op().weights().isEmpty()) {
        last = null;
      } else if (head.contains(node.name()) && quantizes.test(node)) {
        last = node;
      }
    }
    return Optional.ofNullable(last);
  }

  /**
   * Writes variables {@code cam} (N, h, w), {@code logits} (N, classes), {@code explained} (N) and,
   * where logits may be clipped, {@code clipped} (N, bool).
   */
  void write() {
    Graph graph = text.graph();
    text.add("torch.set_grad_enabled(True)");
    text.add("a = torch.requires_grad_(torch.detach(" + text.variable(target) + "), True)");
    text.bind(target, "a");
    text.write(nodes, ProgramText.Use.DIFFERENTIATED);
    text.add("logits = " + text.variable(graph.output().name()));
    text.add("top = torch.argmax(logits, 1, False)");
    text.add("explained = torch.where(torch.lt(target, 0), top, target)");
    text.add("scores = torch.gather(logits, 1, torch.unsqueeze(explained, 1))");
    String watched = "a";
    if (clipping.isPresent()) {
      Node last = clipping.get();
      watched += ", " + text.variable(last.input()) + ", " + text.variable(last.name());
    }
    text.add(
        "gradients = torch.grad([torch.sum(scores)], [" + watched + "], None, None, False, False)");
    text.add("g = unchecked_cast(Tensor, gradients[0])");
    text.add("torch.set_grad_enabled(False)");
    method.statements().lines().forEach(text::add);
    text.add("cam = torch.relu(torch.sum(weighted, [1], False))");
    if (clipping.isPresent()) {
      // The logit's gradient comes to the quantized values, and gets through to none of them.
      text.add("passed = torch.any(torch.flatten(torch.ne(" + gradient(1) + ", 0), 1, -1), 1)");
      text.add("reached = torch.any(torch.flatten(torch.ne(" + gradient(2) + ", 0), 1, -1), 1)");
      text.add("clipped = torch.bitwise_and(reached, torch.bitwise_not(passed))");
    }
  }

  private static String gradient(int index) {
    return "unchecked_cast(Tensor, gradients[" + index + "])";
  }
}
