package org.bitgaze.torch;

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
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.weights.TensorMap;

/**
 * Which convolutions oneDNN computes right on a machine where it is not trusted. Each is tried with
 * an image of noise, laid out as in programs, in one thread, and compared with PyTorch's own.
 */
final class OneDnnProbe {
  /** What another order of the same sum may differ by, as a part of the largest sum. */
  private static final double ROUNDING = 1e-4;

  /** Elements of an image from which PyTorch thinks of oneDNN (use_mkldnn), for most kernels. */
  static final long SMALL = 20_480;

  /** Rows that are compared at the upper and the lower edge. */
  private static final int EDGE = 8;

  /** Of the rows of noise: no multiple of what kernels take at once. */
  private static final int PERIOD = 31;

  private static final Map<Question, Boolean> ANSWERS = new HashMap<>();

  private OneDnnProbe() {}

  private record Question(Conv2d convolution, Size image) {}

  /**
   * Tells whether a convolution may be given to oneDNN, image by image and in one thread.
   *
   * @param convolution what to compute
   * @param image height and width of what it reads
   * @return whether it is one of those that are tried, and came out as PyTorch's own, but for
   *     rounding
   * @throws UncheckedIOException if the probe cannot be compiled
   */
  static synchronized boolean isRight(Conv2d convolution, Size image) {
    return isTried(convolution, image)
        && ANSWERS.computeIfAbsent(
            new Question(convolution, image), q -> error(q.convolution(), q.image()) < ROUNDING);
  }

  /**
   * Tells whether all of a network's convolutions may be given to oneDNN where they are called by
   * name, see {@link Convolutions#IF_TRIED}.
   *
   * @param graph the network
   * @param image height and width of what it reads
   * @return whether each that is tried came out as PyTorch's own, but for rounding
   * @throws IllegalArgumentException if the image does not fit the network
   */
  static boolean isRight(Graph graph, Size image) {
    Shapes shapes = Shapes.of(graph, image.height(), image.width());
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Conv2d convolution) {
        int[] shape = shapes.get(node.input());
        Size read = new Size(shape[1], shape[2]);
        if (isTried(convolution, read) && !isRight(convolution, read)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The largest difference, as a part of the largest sum; infinite where oneDNN refuses. The upper
   * rows, the lower ones and a period of those between are compared with PyTorch's own, and the
   * periods with each other: nothing else takes as long as PyTorch's own.
   */
  static double error(Conv2d c, Size image) {
    Graph graph =
        new Graph("probe", List.of(new Node("input", "input", new Input(c.in()), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, image);
    text.add("x = " + ParameterText.channelsLast(rows(c.in(), image)));
    text.add("w = " + ParameterText.channelsLast(noise(c.parameters().get("weight"))));
    text.add("b = " + (c.bias() ? noise(c.out()) : "None"));
    text.add("found = " + c.oneDnn("x", "w", "b"));
    // Its own are fast in the other layout only.
    int border = c.padding().height();
    text.add(
        "padded = "
            + Script.call(
                "pad",
                "torch.contiguous(x)",
                List.of(0, 0, border, border),
                "\"constant\"",
                "None"));
    text.add("v = torch.contiguous(w)");
    text.add("errors = annotate(List[Tensor], [])");
    text.add("sums = annotate(List[Tensor], [])");
    int height = c.outputShape(List.of(new int[] {c.in(), image.height(), image.width()}))[1];
    // Rows that see nothing of the padding.
    int first = (border + c.stride().height() - 1) / c.stride().height();
    int last = height - first;
    if (last - first > PERIOD && first <= EDGE) {
      compare(text, c, 0, EDGE);
      compare(text, c, first, first + PERIOD);
      compare(text, c, height - EDGE, height);
      String earlier = Script.call("slice", "found", 2, first, last - PERIOD, 1);
      String later = Script.call("slice", "found", 2, first + PERIOD, last, 1);
      text.add(
          "torch.append(errors, " + largest("torch.sub(" + later + ", " + earlier + ")") + ")");
    } else {
      compare(text, c, 0, height);
    }
    text.add(
        "return torch.div("
            + largest("torch.stack(errors, 0)")
            + ", "
            + largest("torch.stack(sums, 0)")
            + ")");
    try (LoadedModule module =
            LoadedModule.of(
                text,
                new Network(graph, new TensorMap(graph.name(), Map.of())),
                "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      return run(module, manager, c);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether a convolution may be tried whatever the image. One with a kernel of one pixel could end
   * the process by a division by zero, and PyTorch's own is as fast; one that pads so far that its
   * kernel sees none of the image, by reading where nothing is.
   */
  static boolean isTried(Conv2d c) {
    return !c.kernel().equals(Size.ONE)
        && c.padsWithZeros()
        && c.padding().height() <= c.dilation().height() * (c.kernel().height() - 1)
        && c.padding().width() <= c.dilation().width() * (c.kernel().width() - 1);
  }

  /** Of one group, small images are PyTorch's: there is little to gain. */
  private static boolean isTried(Conv2d c, Size image) {
    return isTried(c) && (c.groups() > 1 || (long) c.in() * image.height() * image.width() > SMALL);
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

  private static void compare(ProgramText text, Conv2d c, int from, int to) {
    int top = from * c.stride().height();
    int bottom =
        (to - 1) * c.stride().height() + (c.kernel().height() - 1) * c.dilation().height() + 1;
    String seen = Script.call("slice", "padded", 2, top, bottom, 1);
    text.add("own = " + c.conv2d(seen, "v", "b", new Size(0, c.padding().width())));
    String rows = Script.call("slice", "found", 2, from, to, 1);
    text.add("torch.append(errors, " + largest("torch.sub(" + rows + ", own)") + ")");
    text.add("torch.append(sums, " + largest("own") + ")");
  }

  private static String largest(String tensor) {
    return "torch.amax(torch.abs(torch.flatten(" + tensor + ", 0, -1)), [0], False)";
  }

  /** Noise whose rows begin again after a while, for much noise takes longer than what it tries. */
  private static String rows(int channels, Size image) {
    int period = Math.min(PERIOD, image.height());
    int times = (image.height() + period - 1) / period;
    String repeated =
        Script.call("repeat", noise(1, channels, period, image.width()), List.of(1, 1, times, 1));
    return Script.call("slice", repeated, 2, 0, image.height(), 1);
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
