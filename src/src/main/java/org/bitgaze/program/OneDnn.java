package org.bitgaze.program;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Input;
import org.bitgaze.op.Script;
import org.bitgaze.op.Size;
import org.bitgaze.weights.TensorMap;

/** How far this machine's oneDNN is trusted with convolutions. */
enum OneDnn {
  /** As PyTorch trusts it. */
  TRUSTED(""),

  /** PyTorch leaves it out; a convolution that it was asked for and found right is given to it. */
  ASKED(
      "oneDNN is wrong for some convolutions on this machine: it computes those that it was asked"
          + " for and found right, PyTorch itself the others, which takes longer"),

  /** It is wrong, and cannot be left out. */
  WRONG(
      "PyTorch's convolutions are wrong on this machine, and so may maps be: oneDNN cannot be left"
          + " out");

  /** What another order of the same sum may differ by, as a part of the largest sum. */
  private static final double ROUNDING = 1e-4;

  private static final Map<Question, Boolean> ANSWERS = new ConcurrentHashMap<>();

  private final String notice;

  OneDnn(String notice) {
    this.notice = notice;
  }

  /** What users should know of it. */
  Optional<String> notice() {
    return notice.isEmpty() ? Optional.empty() : Optional.of(notice);
  }

  private record Question(Conv2d convolution, Size image) {}

  /**
   * Asks oneDNN for a convolution of one image of noise, in both layouts, and PyTorch's own for the
   * same. One with a kernel of one pixel is not asked for: it may end the process, and PyTorch's
   * own is as fast.
   *
   * @param convolution what to compute
   * @param image height and width of what it reads
   * @return whether they agree but for rounding
   * @throws UncheckedIOException if the question cannot be compiled
   */
  static boolean isRight(Conv2d convolution, Size image) {
    return !convolution.kernel().equals(Size.ONE)
        && ANSWERS.computeIfAbsent(
            new Question(convolution, image), q -> error(q.convolution(), q.image()) < ROUNDING);
  }

  /** The largest difference, as a part of the largest sum; infinite where oneDNN refuses. */
  static double error(Conv2d c, Size image) {
    Graph graph =
        new Graph("oneDNN", List.of(new Node("input", "input", new Input(c.in()), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, image);
    text.add("x = " + noise(1, c.in(), image.height(), image.width()));
    text.add("w = " + noise(c.parameters().get("weight")));
    text.add("b = " + (c.bias() ? noise(c.out()) : "None"));
    text.add(
        "own = "
            + Script.call(
                "conv2d", "x", "w", "b", c.stride(), c.padding(), c.dilation(), c.groups()));
    text.add("last = torch.contiguous(w, memory_format=2)");
    for (int layout = 0; layout < 2; layout++) {
      String laid = layout == 0 ? "x" : "torch.contiguous(x, memory_format=2)";
      text.add(
          ("found%d = ".formatted(layout))
              + Script.call(
                  "mkldnn_convolution",
                  laid,
                  "last",
                  "b",
                  c.padding(),
                  c.stride(),
                  c.dilation(),
                  c.groups()));
      text.add("error%d = %s".formatted(layout, largest("torch.sub(found" + layout + ", own)")));
    }
    text.add("return torch.div(torch.maximum(error0, error1), " + largest("own") + ")");
    try (LoadedModule module =
            LoadedModule.of(
                text, new TensorMap(graph.name(), Map.of()), "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      double error = module.run(new NDList(manager.create(0f)), 1).get(0).getFloat();
      return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    } catch (EngineException e) {
      return Double.POSITIVE_INFINITY;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
