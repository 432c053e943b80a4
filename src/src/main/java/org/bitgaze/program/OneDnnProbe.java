package org.bitgaze.program;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Input;
import org.bitgaze.op.Script;
import org.bitgaze.op.Size;
import org.bitgaze.weights.TensorMap;

/**
 * Which convolutions oneDNN computes right on a machine where it is not trusted. Each is tried with
 * an image of noise, laid out as in programs, in one thread, and compared with PyTorch's own.
 */
final class OneDnnProbe {
  /** What another order of the same sum may differ by, as a part of the largest sum. */
  private static final double ROUNDING = 1e-4;

  private static final Map<Question, Boolean> ANSWERS = new HashMap<>();

  private OneDnnProbe() {}

  private record Question(Conv2d convolution, Size image) {}

  /**
   * Tells whether a convolution may be given to oneDNN, image by image and in one thread. One with
   * a kernel of one pixel may not, and is not tried: it could end the process, and PyTorch's own is
   * as fast.
   *
   * @param convolution what to compute
   * @param image height and width of what it reads
   * @return whether it came out as PyTorch's own, but for rounding
   * @throws UncheckedIOException if the probe cannot be compiled
   */
  static synchronized boolean isRight(Conv2d convolution, Size image) {
    return !convolution.kernel().equals(Size.ONE)
        && ANSWERS.computeIfAbsent(
            new Question(convolution, image), q -> error(q.convolution(), q.image()) < ROUNDING);
  }

  /** The largest difference, as a part of the largest sum; infinite where oneDNN refuses. */
  static double error(Conv2d c, Size image) {
    Graph graph =
        new Graph("probe", List.of(new Node("input", "input", new Input(c.in()), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, image);
    text.add("x = " + ParameterText.channelsLast(noise(1, c.in(), image.height(), image.width())));
    text.add("w = " + ParameterText.channelsLast(noise(c.parameters().get("weight"))));
    text.add("b = " + (c.bias() ? noise(c.out()) : "None"));
    text.add("found = " + c.oneDnn("x", "w", "b"));
    // Its own are fast in the other layout only.
    text.add(
        "own = "
            + Script.call(
                "conv2d",
                "torch.contiguous(x)",
                "torch.contiguous(w)",
                "b",
                c.stride(),
                c.padding(),
                c.dilation(),
                c.groups()));
    text.add("return torch.div(" + largest("torch.sub(found, own)") + ", " + largest("own") + ")");
    try (LoadedModule module =
            LoadedModule.of(
                text, new TensorMap(graph.name(), Map.of()), "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      return run(module, manager, c);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double run(LoadedModule module, NDManager manager, Conv2d convolution) {
    try {
      double error = module.run(new NDList(manager.create(0f)), 1).get(0).getFloat();
      return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    } catch (EngineException e) {
      Logger.getLogger(OneDnnProbe.class.getName())
          .log(Level.WARNING, "oneDNN refuses " + convolution, e);
      return Double.POSITIVE_INFINITY;
    }
  }

  private static String largest(String tensor) {
    return "torch.amax(torch.abs(torch.flatten(" + tensor + ", 0, -1)), [0], False)";
  }

  /** Values between -1 and 1 that look like chance, and are the same each time. */
  private static String noise(int... shape) {
    int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    String numbers =
        "torch.arange(%d, dtype=6, layout=None, device=None, pin_memory=None)".formatted(elements);
    return "torch.view(torch.frac(torch.mul(torch.sin(torch.mul(%s, 12.9898)), 43758.5453)), %s)"
        .formatted(numbers, Arrays.toString(shape));
  }
}
