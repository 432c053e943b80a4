package org.bitgaze.torch;

import java.util.Optional;
import java.util.Set;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.quant.AbsorbClamping;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;

/**
 * The text of a {@link CamProgram}, in two parts: the backbone computes the target layer's
 * activations, the head differentiates what follows and makes the map.
 */
final class CamText {
  private final Network compiled;
  private final String target;
  private final Set<String> following;
  private final Arithmetic arithmetic;
  private final Normalization normalization;
  private final HeadText head;
  private final ProgramText text;
  private boolean wide;
  private IntegerCoverage coverage = IntegerCoverage.NONE;

  /**
   * Rewrites the network; nothing is written yet.
   *
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  CamText(
      OpenModel model,
      Quantization quantization,
      MapMethod method,
      Arithmetic arithmetic,
      Convolutions convolutions) {
    String layer = model.targetNode();
    var scheme = model.execution().scheme();
    Network quantized = quantization.apply(model.network().apply(model.execution().mode()), scheme);
    following = quantized.graph().names();
    following.removeAll(quantized.graph().ancestors(quantized.rewritten().locate(layer)));
    compiled = quantized.apply(new AbsorbClamping(following));
    target = compiled.rewritten().locate(layer);
    this.arithmetic = arithmetic;
    normalization = model.preprocessing().normalization();
    text =
        ProgramText.ofAttributes(compiled.graph(), model.preprocessing().framing().side())
            .withConvolutions(convolutions);
    Optional<Node> clipping =
        scheme.quantizedLogits() && !quantization.equals(Quantization.NONE)
            ? HeadText.clipping(compiled.graph(), following, node -> node.op().quantizes())
            : Optional.empty();
    head = new HeadText(text, target, following, method, clipping);
  }

  /** Writes the whole program. */
  ProgramText write() {
    text.normalizeImages(normalization);
    writeBackbone();
    writeHead();
    return text;
  }

  /** The random streams that the program draws from. */
  DropoutStreams streams() {
    return new DropoutStreams(text.graph().name(), text.streams());
  }

  /** What integer kernels compute of what was written. */
  IntegerCoverage coverage() {
    return coverage;
  }

  /** The lines so far. */
  ProgramText text() {
    return text;
  }

  /** The network that is written. */
  Network network() {
    return compiled;
  }

  /** Writes what computes the target's activations, from a bound input. */
  void writeBackbone() {
    text.add("torch.set_grad_enabled(False)");
    Set<String> backbone = compiled.graph().ancestors(target);
    if (arithmetic == Arithmetic.SIMULATED) {
      text.write(backbone, ProgramText.Use.OVERWRITTEN);
      return;
    }
    IntegerText integers = new IntegerText(text, compiled, backbone);
    coverage = integers.write();
    wide = integers.isWide();
    integers.bindFloats(target);
    for (Node node : compiled.graph().nodes()) {
      if (following.contains(node.name())) {
        node.inputs().stream().filter(backbone::contains).forEach(integers::bindFloats);
      }
    }
  }

  /** Whether integer kernels were written whose sums saturate on some machines. */
  boolean isWide() {
    return wide;
  }

  /** Makes a variable the target's activations. */
  void bindTarget(String variable) {
    text.bind(target, variable);
  }

  /** Writes what follows from the target's activations, and returns the results. */
  void writeHead() {
    head.write();
    String results = "torch.contiguous(cam), torch.detach(logits), explained";
    if (head.clipping().isPresent()) {
      results += ", torch.to(clipped, 4, False, False, None)";
    }
    if (!text.exposed().isEmpty()) {
      String clipped = null;
      for (String beyond : text.exposed().values()) {
        String one = "torch.gather(" + beyond + ", 1, torch.unsqueeze(explained, 1))";
        clipped = clipped == null ? one : "torch.bitwise_or(" + clipped + ", " + one + ")";
      }
      text.add("clipped = torch.flatten(" + clipped + ", 0, -1)");
      results += ", torch.to(clipped, 4, False, False, None)";
    }
    text.add("return (" + results + ")");
  }

  /** Arguments and result of a program whose input is {@code images} or another tensor. */
  String signature(String input) {
    return input
        + ": Tensor,\n    target: Tensor"
        + (text.streams().isEmpty() ? "" : ",\n    streams: Tensor")
        + ") -> Tuple[Tensor, Tensor, Tensor"
        + (head.clipping().isPresent() || !text.exposed().isEmpty() ? ", Tensor]" : "]");
  }
}
