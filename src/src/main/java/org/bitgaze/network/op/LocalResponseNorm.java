package org.bitgaze.network.op;

import java.util.List;

/**
 * Local response normalization across channels, as ONNX's LRN defines it: y_c = x_c / (bias + alpha
 * / size * s_c) ^ beta, where s_c is the sum of x^2 over the channels from c - floor((size - 1) /
 * 2) to c + ceil((size - 1) / 2) that exist.
 *
 * @param size number of channels in a window
 * @param alpha factor of the mean square
 * @param beta exponent
 * @param bias added to the mean square
 */
public record LocalResponseNorm(int size, double alpha, double beta, double bias) implements Op {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the size is not positive, or a number is not finite
   */
  public LocalResponseNorm {
    if (size < 1 || !Double.isFinite(alpha) || !Double.isFinite(beta) || !Double.isFinite(bias)) {
      throw new IllegalArgumentException(
          "normalizes over %d channels with %s, %s, %s".formatted(size, alpha, beta, bias));
    }
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Window.image(inputs, 0);
  }

  @Override
  public String torchScript(Script script) {
    String x = script.input();
    int before = (size - 1) / 2;
    String squares = script.let(Script.call("unsqueeze", Script.call("mul", x, x), 1));
    List<Integer> borders = List.of(0, 0, 0, 0, before, size - 1 - before);
    String padded = script.let(Script.call("constant_pad_nd", squares, borders, 0));
    String mean =
        Script.call(
            "squeeze", Script.call("avg_pool3d", padded, List.of(size, 1, 1), List.of(1, 1, 1)), 1);
    String scale = Script.call("add", Script.call("mul", mean, alpha), bias);
    return Script.call("div", x, Script.call("pow", scale, beta));
  }
}
