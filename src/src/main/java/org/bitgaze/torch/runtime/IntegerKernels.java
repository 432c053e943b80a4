package org.bitgaze.torch.runtime;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.ProgramText;

/**
 * Checks this machine's integer kernels. Processors without an instruction for dot products of
 * bytes (VNNI) first add two products in 16 bits, where 255 x 127 + 255 x 127 does not fit: such
 * sums saturate, and results are silently wrong. The check runs kernels instead of reading the
 * processor's flags.
 */
public final class IntegerKernels {
  /** 64 products of the largest byte and the largest weight, as the 200th step of the output. */
  private static final int EXPECTED = 200;

  private static final int CHANNELS = 64;
  private static final int DEPTHWISE = 128;
  private static final double STEP = CHANNELS * 255.0 * 127 / EXPECTED;

  private static Boolean exact;

  private IntegerKernels() {}

  /**
   * Checks that sums of 8-bit products do not saturate.
   *
   * @throws IllegalStateException if they do
   * @throws IOException if the check cannot be compiled
   */
  public static synchronized void requireExact() throws IOException {
    if (exact == null) {
      exact = sums().stream().allMatch(sum -> sum == EXPECTED);
    }
    if (!exact) {
      throw new IllegalStateException(
          "integer arithmetic at 8 bits is not exact on this machine: the processor has no dot"
              + " products of bytes (VNNI), so that sums saturate; use simulated arithmetic, or at"
              + " most 7 bits");
    }
  }

  /** {@return the sums that kernels of several shapes compute, in steps of the output} */
  static List<Integer> sums() throws IOException {
    Graph graph =
        new Graph("kernels", List.of(new Node("input", "input", new Input(3), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, Size.ONE);
    text.add(full("x", 1, CHANNELS, 1, 255, ScalarType.QUINT8));
    text.add(full("w", CHANNELS, CHANNELS, 1, 127, ScalarType.QINT8));
    text.add("p = ops.quantized.conv2d_prepack(w, None, [1, 1], [0, 0], [1, 1], 1)");
    text.add("conv = ops.quantized.conv2d(x, p, " + STEP + ", 0)");
    text.add("v = torch.flatten(x, 1, -1)");
    text.add("u = torch.flatten(w, 1, -1)");
    text.add("l = ops.quantized.linear_prepack(u, None)");
    text.add("linear = ops.quantized.linear(v, l, " + STEP + ", 0)");
    text.add("a = " + min("conv", "[1, 2, 3]"));
    text.add("b = " + min("linear", "[1]"));
    // PyTorch uses other kernels for depthwise convolutions of more than a hundred groups.
    text.add(full("y", 1, DEPTHWISE, 3, 255, ScalarType.QUINT8));
    text.add(full("d", DEPTHWISE, 1, 3, 127, ScalarType.QINT8));
    text.add(
        "q = ops.quantized.conv2d_prepack(d, None, [1, 1], [0, 0], [1, 1], " + DEPTHWISE + ")");
    text.add("deep = ops.quantized.conv2d(y, q, " + 9 * 255.0 * 127 / EXPECTED + ", 0)");
    text.add("c = " + min("deep", "[1, 2, 3]"));
    text.add("return torch.cat([a, b, c], 0)");
    float[] found = LoadedModule.compute(text);
    return IntStream.range(0, found.length).map(i -> Math.round(found[i])).boxed().toList();
  }

  private static String min(String bytes, String dimensions) {
    return ScalarType.FLOAT32.cast(
        "torch.amin(torch.int_repr(" + bytes + "), " + dimensions + ", False)");
  }

  /** A statement that fills bytes of shape (rows, columns, side, side) with one value. */
  private static String full(
      String variable, int rows, int columns, int side, int value, ScalarType type) {
    String floats =
        "torch.full([%d, %d, %d, %d], %d., dtype=%s, layout=None, device=None, pin_memory=None)"
            .formatted(rows, columns, side, side, value, ScalarType.FLOAT32);
    return variable + " = torch.quantize_per_tensor(" + floats + ", 1., 0, " + type + ")";
  }
}
