package org.bitgaze.torch.runtime;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.ParameterText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.weights.Tensor;

/**
 * Finds the convolutions that oneDNN computes right on a machine where others are wrong. Each is
 * tried with an image of noise, laid out as in programs, in one thread, and compared with PyTorch's
 * own.
 */
final class OneDnnProbe {
  /** How much sums in another order may differ, relative to the largest sum. */
  private static final double ROUNDING = 1e-4;

  /** For most kernels PyTorch uses oneDNN for larger images only (use_mkldnn), in elements. */
  static final long MIN_ELEMENTS = 20_480;

  /** Rows that are compared at the upper and at the lower edge. */
  private static final int EDGE = 8;

  /** Rows after which the noise repeats: not a multiple of any kernel's block size. */
  private static final int PERIOD = 31;

  private static final Map<Question, Boolean> ANSWERS = new HashMap<>();

  private OneDnnProbe() {}

  private record Question(Conv2d convolution, Size image) {}

  /**
   * Tells whether oneDNN may compute a convolution, one image at a time and in one thread.
   *
   * @param convolution what to compute
   * @param image height and width of what it reads
   * @return whether it is one of those that are tried, and equals PyTorch's own but for rounding
   * @throws UncheckedIOException if the probe cannot be compiled
   */
  static synchronized boolean isRight(Conv2d convolution, Size image) {
    return isTried(convolution, image)
        && ANSWERS.computeIfAbsent(
            new Question(convolution, image), q -> error(q.convolution(), q.image()) < ROUNDING);
  }

  /**
   * Tells whether oneDNN may compute all of a network's convolutions that are tried, one image at a
   * time and in one thread.
   *
   * @param graph the network
   * @param image height and width of what it reads
   * @return whether each of them equals PyTorch's own but for rounding
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
   * Returns the largest difference, relative to the largest sum; infinite where oneDNN refuses. The
   * upper rows, the lower rows and one period between them are compared with PyTorch's own, which
   * is slow; the periods are compared with each other.
   */
  static double error(Conv2d c, Size image) {
    Graph graph =
        new Graph("probe", List.of(new Node("input", "input", new Input(c.in()), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, image);
    text.add("x = " + ParameterText.channelsLast(rows(c.in(), image)));
    text.add("w = " + ParameterText.channelsLast(noise(c.parameters().get("weight"))));
    text.add("b = " + (c.bias() ? noise(c.out()) : "None"));
    text.add("found = " + OneDnnCalls.text(c, "x", "w", "b"));
    // PyTorch's own are fast in the other layout only.
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
    // Rows that do not see the padding.
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
    try {
      float error = LoadedModule.compute(text)[0];
      return Float.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    } catch (EngineException e) {
      Logger.getLogger(OneDnnProbe.class.getName()).log(Level.WARNING, "oneDNN refuses " + c, e);
      return Double.POSITIVE_INFINITY;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tells whether a convolution may be tried with any image. A kernel of one pixel could end the
   * process by a division by zero, and PyTorch's own is as fast. Padding so wide that the kernel
   * sees none of the image could end it by an invalid read.
   */
  static boolean isTried(Conv2d c) {
    return !c.kernel().equals(Size.ONE)
        && c.padsWithZeros()
        && c.padding().height() <= c.dilation().height() * (c.kernel().height() - 1)
        && c.padding().width() <= c.dilation().width() * (c.kernel().width() - 1);
  }

  /** With one group there is little to gain for small images. */
  private static boolean isTried(Conv2d c, Size image) {
    return isTried(c)
        && (c.groups() > 1 || (long) c.in() * image.height() * image.width() > MIN_ELEMENTS);
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

  /** Noise whose rows repeat: new noise for each row would take longer than the convolution. */
  private static String rows(int channels, Size image) {
    int period = Math.min(PERIOD, image.height());
    int times = (image.height() + period - 1) / period;
    String repeated =
        Script.call("repeat", noise(1, channels, period, image.width()), List.of(1, 1, times, 1));
    return Script.call("slice", repeated, 2, 0, image.height(), 1);
  }

  /** Values between -1 and 1 that look random and are the same each time. */
  private static String noise(int... shape) {
    String numbers =
        "torch.arange(%d, dtype=%s, layout=None, device=None, pin_memory=None)"
            .formatted(Tensor.elements(shape), ScalarType.FLOAT32);
    return "torch.view(torch.frac(torch.mul(torch.sin(torch.mul(%s, 12.9898)), 43758.5453)), %s)"
        .formatted(numbers, Arrays.toString(shape));
  }
}
