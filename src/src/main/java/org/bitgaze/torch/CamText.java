package org.bitgaze.torch;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.GlobalAttention;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.AbsorbClamping;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.torch.emit.ClippingText;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.HeadText;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.IntegerCoverage;
import org.bitgaze.torch.emit.IntegerText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.RolloutText;
import org.bitgaze.torch.emit.Score;

/**
 * The text of a {@link CamProgram}, in two parts: the backbone computes the target layer's
 * activations, the head differentiates what follows and makes the map. A method that needs the
 * attention of all layers has one part only.
 */
final class CamText {
  private final Network compiled;
  private final String target;
  private final Set<String> following;
  private final Arithmetic arithmetic;
  private final Normalization normalization;
  private final Optional<HeadText> head;
  private final Optional<RolloutText> rollout;
  private final Score score;
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
      Score score,
      ConvolutionCalls convolutions) {
    String layer = model.targetNode();
    ActivationScheme scheme = model.execution().scheme();
    Network quantized = quantization.apply(model.network().apply(model.execution().mode()), scheme);
    following = quantized.graph().names();
    following.removeAll(quantized.graph().ancestors(quantized.rewritten().locate(layer)));
    Network absorbed = quantized.apply(new AbsorbClamping(following));
    Set<String> kept = Set.of(absorbed.rewritten().locate(layer));
    boolean attends = method.need() == MapMethod.Need.ATTENTION;
    compiled = attends ? absorbed : absorbed.apply(new FuseAttention(kept));
    target = compiled.rewritten().locate(layer);
    following.retainAll(compiled.graph().names());
    this.arithmetic = arithmetic;
    this.score = score;
    normalization = model.preprocessing().normalization();
    Size size = model.size();
    text = ProgramText.ofAttributes(compiled.graph(), size).withConvolutions(convolutions);
    ClippingText clipping =
        scheme.quantizedLogits() && !quantization.equals(Quantization.NONE)
            ? ClippingText.of(compiled.graph(), following)
            : ClippingText.exposed();
    if (attends) {
      if (arithmetic == Arithmetic.INTEGER) {
        throw new IllegalArgumentException(
            method.id() + " needs the attention of all layers, which integer kernels do not give");
      }
      GlobalAttention attention = GlobalAttention.of(compiled.graph(), model.targetView(), size);
      rollout = Optional.of(new RolloutText(text, attention, method, score, clipping));
      head = Optional.empty();
      return;
    }
    rollout = Optional.empty();
    head =
        Optional.of(
            new HeadText(
                text,
                target,
                model.targetView(),
                following,
                method,
                score,
                clipping,
                !convolutions.equals(ConvolutionCalls.PORTABLE)));
  }

  /** Writes the whole program. */
  void write() {
    InputText.of(normalization).write(text);
    if (rollout.isEmpty()) {
      writeBackbone();
    }
    writeHead();
  }

  /** {@return the random streams that the program draws from} */
  DropoutStreams streams() {
    return new DropoutStreams(text.graph().name(), text.streams());
  }

  /** {@return what integer kernels compute of what was written} */
  IntegerCoverage coverage() {
    return coverage;
  }

  /** {@return the statements so far} */
  ProgramText text() {
    return text;
  }

  /** {@return the network that is written} */
  Network network() {
    return compiled;
  }

  private void writeBackbone() {
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

  /** {@return whether there are integer kernels whose sums saturate on some machines} */
  boolean isWide() {
    return wide;
  }

  /** Makes a variable the target's activations. */
  void bindTarget(String variable) {
    text.bind(target, variable);
  }

  /** Writes what follows from the target's activations, and returns the results. */
  void writeHead() {
    head.ifPresent(HeadText::write);
    rollout.ifPresent(RolloutText::write);
    text.add("return (" + String.join(", ", results()) + ")");
  }

  private List<String> results() {
    return head.map(HeadText::results).or(() -> rollout.map(RolloutText::results)).orElseThrow();
  }

  /**
   * Writes a part of the network alone: no map, no gradient. What follows the target is written as
   * in {@link #write}, so that the outputs are the same to the bit.
   *
   * @param input the program's argument; the input or the target's activations, of the shape that
   *     {@link ForwardProgram} says
   * @throws UnsupportedOperationException if what follows the target is to run alone, and needs
   *     more than the target
   */
  void writeForward(ForwardProgram.Part part, String input) {
    if (part == ForwardProgram.Part.BACK) {
      requireOnlyPath();
    }
    text.add("torch.set_grad_enabled(False)");
    String first =
        part == ForwardProgram.Part.BACK ? target : compiled.graph().nodes().get(0).name();
    boolean isGrid = text.shape(first).length == 3;
    text.add("x = " + (isGrid ? "torch.permute(" + input + ", [0, 3, 1, 2])" : input));
    text.bind(first, "x");
    if (part != ForwardProgram.Part.BACK) {
      writeBackbone();
    }
    if (part != ForwardProgram.Part.FRONT) {
      text.write(following, ProgramText.Use.DIFFERENTIATED);
    }
    String last = part == ForwardProgram.Part.FRONT ? target : compiled.graph().output().name();
    text.add("return torch.contiguous(" + text.variable(last) + ")");
  }

  /** Checks that what follows the target needs nothing else of what precedes it. */
  private void requireOnlyPath() {
    for (Node node : compiled.graph().nodes()) {
      for (String read : following.contains(node.name()) ? node.inputs() : List.<String>of()) {
        if (!read.equals(target) && !following.contains(read)) {
          throw new UnsupportedOperationException(
              ("%s: what follows the target layer '%s' also needs '%s'; this method needs a target"
                      + " layer that everything passes through")
                  .formatted(text.graph().name(), target, read));
        }
      }
    }
  }

  /** {@return the shape of the target's activations, without the batch} */
  int[] targetShape() {
    return text.shape(target);
  }

  /** {@return arguments and result of a program whose input is {@code images} or another tensor} */
  String signature(String input) {
    List<String> results = Collections.nCopies(results().size(), "Tensor");
    return input
        + ": Tensor,\n    "
        + score.argument()
        + ": Tensor"
        + (text.streams().isEmpty() ? "" : ",\n    streams: Tensor")
        + ") -> Tuple["
        + String.join(", ", results)
        + "]";
  }
}
