package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.ScalarType;

/**
 * Tells for which images the explained logits lie beyond their quantization range, in a variable
 * {@code clipped} (N, bool): no gradient comes through, and the map vanishes. Where the logits are
 * quantized by a node of the head, the gradient shows it: it reaches the node's output and vanishes
 * before its input. An operation that lets the gradient pass all the same ({@link
 * org.bitgaze.quant.LogitQuantize}) exposes the values beyond its range instead.
 */
public final class ClippingText {
  private final Optional<Node> quantizer;
  private boolean written;

  private ClippingText(Optional<Node> quantizer) {
    this.quantizer = quantizer;
  }

  /** {@return for a network that quantizes no logits, or whose operations expose clipped values} */
  public static ClippingText exposed() {
    return new ClippingText(Optional.empty());
  }

  /**
   * Finds the quantization of the logits: the last one after the last layer with weights. There is
   * none where the target layer itself is that layer: then nothing is clipped.
   *
   * @param graph a quantized network
   * @param head the nodes that follow the target layer
   * @return for this network
   */
  public static ClippingText of(Graph graph, Set<String> head) {
    Node last = null;
    for (Node node : graph.nodes()) {
      if (!node.op().weights().isEmpty()) {
        last = null;
      } else if (head.contains(node.name()) && node.op().quantizes()) {
        last = node;
      }
    }
    return new ClippingText(Optional.ofNullable(last));
  }

  /**
   * {@return further variables to differentiate with respect to, after the target's activations}
   */
  List<String> watched(ProgramText text) {
    return quantizer
        .map(node -> List.of(text.variable(node.input()), text.variable(node.name())))
        .orElse(List.of());
  }

  /**
   * Writes {@code clipped}, if logits may be clipped.
   *
   * @param text the program, whose list {@code gradients} begins with the target's
   * @param score what is explained
   */
  void write(ProgramText text, Score score) {
    List<String> beyond = new ArrayList<>(text.exposed().values());
    written = quantizer.isPresent() || !beyond.isEmpty();
    if (quantizer.isPresent()) {
      text.add("passed = " + isAnyNonZero(HeadText.gradient(1)));
      text.add("reached = " + isAnyNonZero(HeadText.gradient(2)));
      text.add("clipped = torch.bitwise_and(reached, torch.bitwise_not(passed))");
    } else if (written) {
      String any = beyond.stream().reduce("torch.bitwise_or(%s, %s)"::formatted).orElseThrow();
      text.add("clipped = " + score.clipped(any));
    }
  }

  /** {@return {@code clipped} as int64 (N), 1 or 0, if it was written} */
  public Optional<String> result() {
    return written ? Optional.of(ScalarType.INT64.cast("clipped")) : Optional.empty();
  }

  private static String isAnyNonZero(String tensor) {
    return "torch.any(torch.flatten(torch.ne(" + tensor + ", 0), 1, -1), 1)";
  }
}
