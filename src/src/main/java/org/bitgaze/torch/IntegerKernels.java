package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Input;
import org.bitgaze.weights.TensorMap;

/**
 * What this machine's integer kernels can be trusted with. Processors without an instruction for
 * dot products of bytes (VNNI) add two products in 16 bits first, which 255 x 127 + 255 x 127 does
 * not fit: such sums saturate, and the result is wrong without a word. Whatever the processor says
 * of itself, the kernels are asked.
 */
final class IntegerKernels {
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
  static synchronized void requireExact() throws IOException {
    if (exact == null) {
      exact = sums().stream().allMatch(sum -> sum == EXPECTED);
    }
    if (!exact) {
      throw new IllegalStateException(
          "integer arithmetic at 8 bits is refused on this machine: its kernels' sums saturate, for"
              + " the processor has no dot products of bytes (VNNI); up to 7 bits are exact, and so"
              + " is simulated arithmetic");
    }
  }

  /** The steps that kernels of several shapes find. */
  static List<Integer> sums() throws IOException {
    Graph graph =
        new Graph("kernels", List.of(new Node("input", "input", new Input(3), List.of())));
    ProgramText text = ProgramText.ofAttributes(graph, 1);
    text.add(full("x", 1, CHANNELS, 1, 255, IntegerText.QUINT8));
    text.add(full("w", CHANNELS, CHANNELS, 1, 127, ParameterText.QINT8));
    text.add("p = ops.quantized.conv2d_prepack(w, None, [1, 1], [0, 0], [1, 1], 1)");
    text.add("conv = ops.quantized.conv2d(x, p, " + STEP + ", 0)");
    text.add("v = torch.flatten(x, 1, -1)");
    text.add("u = torch.flatten(w, 1, -1)");
    text.add("l = ops.quantized.linear_prepack(u, None)");
    text.add("linear = ops.quantized.linear(v, l, " + STEP + ", 0)");
    text.add(
        "a = torch.to(torch.amin(torch.int_repr(conv), [1, 2, 3], False), 6, False, False, None)");
    text.add("b = torch.to(torch.amin(torch.int_repr(linear), [1], False), 6, False, False, None)");
    // Of more than a hundred groups, PyTorch leaves a depthwise convolution to other kernels.
    text.add(full("y", 1, DEPTHWISE, 3, 255, IntegerText.QUINT8));
    text.add(full("d", DEPTHWISE, 1, 3, 127, ParameterText.QINT8));
    text.add(
        "q = ops.quantized.conv2d_prepack(d, None, [1, 1], [0, 0], [1, 1], " + DEPTHWISE + ")");
    text.add("deep = ops.quantized.conv2d(y, q, " + 9 * 255.0 * 127 / EXPECTED + ", 0)");
    text.add(
        "c = torch.to(torch.amin(torch.int_repr(deep), [1, 2, 3], False), 6, False, False, None)");
    text.add("return torch.cat([a, b, c], 0)");
    try (LoadedModule module =
            LoadedModule.of(
                text,
                new Network(graph, new TensorMap(graph.name(), Map.of())),
                "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      NDList outputs = module.run(new NDList(manager.create(0f)), 1);
      float[] found = outputs.get(0).toFloatArray();
      return IntStream.range(0, found.length).map(i -> Math.round(found[i])).boxed().toList();
    }
  }

  /** A statement that fills bytes of shape (rows, columns, side, side) with one value. */
  private static String full(
      String variable, int rows, int columns, int side, int value, int dtype) {
    String floats =
        "torch.full([%d, %d, %d, %d], %d., dtype=6, layout=None, device=None, pin_memory=None)"
            .formatted(rows, columns, side, side, value);
    return variable + " = torch.quantize_per_tensor(" + floats + ", 1., 0, " + dtype + ")";
  }
}
