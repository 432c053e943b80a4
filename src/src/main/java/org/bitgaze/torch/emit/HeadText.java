package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.network.TargetView;

/**
 * Writes the head: what follows the target layer. It is differentiated and makes the map.
 *
 * @param text the program
 * @param target the node whose output the map weighs
 * @param view how that output is seen as channels on a grid
 * @param nodes those that follow it
 * @param method how the target layer's activations are weighed
 * @param score what is explained
 * @param clipped finds logits beyond their quantization range
 * @param counts whether weights near a pole of the method are counted, where there may be any
 */
public record HeadText(
    ProgramText text,
    String target,
    TargetView view,
    Set<String> nodes,
    MapMethod method,
    Score score,
    ClippingText clipped,
    boolean counts) {

  /** Checks that the view fits the target's output. */
  public HeadText {
    view.check(text.shape(target));
  }

  /**
   * Writes variables {@code cam} (N, h, w), {@code logits} (N, ...), those of the score and, where
   * logits may be clipped, {@code clipped} (N, bool).
   *
   * @throws IllegalArgumentException if the method runs the network forward only
   */
  public void write() {
    if (method.isForward()) {
      throw new IllegalArgumentException(
          method.id() + " runs the network forward only, and has no part in a compiled program");
    }
    text.add("torch.set_grad_enabled(True)");
    text.add("a = torch.requires_grad_(torch.detach(" + text.variable(target) + "), True)");
    text.bind(target, "a");
    text.write(nodes, ProgramText.Use.DIFFERENTIATED);
    text.add("logits = " + text.variable(text.graph().output().name()));
    String sum = score.write(text);
    List<String> watched = new ArrayList<>(List.of("a"));
    watched.addAll(clipped.watched(text));
    text.add("gradients = torch.grad([" + sum + "], " + watched + ", None, None, False, False)");
    text.add("g = " + gradient(0));
    text.add("torch.set_grad_enabled(False)");
    for (String variable : List.of("a", "g")) {
      view.torchScript(variable).ifPresent(grid -> text.add(variable + " = " + grid));
    }
    method.statements().lines().forEach(text::add);
    text.add("cam = torch.relu(torch.sum(weighted, [1], False))");
    if (hasPoles()) {
      method.poles().lines().forEach(text::add);
      text.add("near = torch.where(pole, mass, torch.zeros_like(mass))");
      text.add("all_mass = torch.add(torch.sum(mass, [1, 2, 3], False), 1e-30)");
      text.add("unstable = torch.div(torch.sum(near, [1, 2, 3], False), all_mass)");
    }
    clipped.write(text, score);
  }

  /** {@return the results of a program that ends here, each an expression for a tensor} */
  public List<String> results() {
    List<String> results = new ArrayList<>();
    results.add("torch.contiguous(cam)");
    results.add("torch.detach(logits)");
    results.addAll(score.results());
    clipped.result().ifPresent(results::add);
    if (hasPoles()) {
      results.add("unstable");
    }
    return results;
  }

  /** {@return whether the method has poles, and the target's activations may be negative} */
  public boolean hasPoles() {
    return counts && !method.poles().isEmpty() && !text.graph().isNonNegative(target);
  }

  /** {@return the gradient with respect to a variable that is differentiated} */
  static String gradient(int index) {
    return "unchecked_cast(Tensor, gradients[" + index + "])";
  }
}
