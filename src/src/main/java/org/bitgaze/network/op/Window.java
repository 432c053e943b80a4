package org.bitgaze.network.op;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The windows of a convolution or a pooling.
 *
 * @param kernel size of a window
 * @param stride distance between windows
 * @param padding pixels added on each side
 * @param dilation distance between a window's pixels
 * @param ceilMode whether a last window that extends beyond the edge counts
 */
record Window(Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode) {

  Window {
    kernel.atLeast(1, "kernel");
    stride.atLeast(1, "stride");
    padding.atLeast(0, "padding");
    dilation.atLeast(1, "dilation");
  }

  /** Checks the padding as PyTorch's poolings do. */
  void requireHalfPadding() {
    if (padding.height() > kernel.height() / 2 || padding.width() > kernel.width() / 2) {
      throw new IllegalArgumentException(
          "padding " + padding + " is more than half of the window " + kernel);
    }
  }

  /** Returns the output's shape (channels, height, width) for an input's. */
  int[] output(int channels, int[] input) {
    return new int[] {
      channels,
      count(input[1], kernel.height(), stride.height(), padding.height(), dilation.height()),
      count(input[2], kernel.width(), stride.width(), padding.width(), dilation.width())
    };
  }

  private int count(int size, int window, int step, int pad, int spread) {
    long span = size + 2L * pad - (long) spread * (window - 1) - 1;
    // Negative if the image is smaller than a window; with ceilMode there may still be one window.
    long windows = (ceilMode ? -Math.floorDiv(-span, step) : Math.floorDiv(span, step)) + 1;
    // PyTorch: with ceil_mode, the last window must start inside the image or its left padding.
    boolean outside = ceilMode && (windows - 1) * step >= (long) size + pad;
    return Math.toIntExact(outside ? windows - 1 : windows);
  }

  /** Returns the only input's shape; checks its rank and, unless 0, its number of channels. */
  static int[] image(List<int[]> inputs, int channels) {
    int[] shape = inputs.get(0);
    if (shape.length != 3) {
      throw new IllegalArgumentException(
          "takes (channels, height, width), but gets " + shape.length + " dimensions");
    }
    if (channels != 0 && shape[0] != channels) {
      throw new IllegalArgumentException("takes " + channels + " channels, but gets " + shape[0]);
    }
    return shape;
  }

  /** The parameters of a convolution: a weight (out, in per group, height, width), and a bias. */
  static Map<String, int[]> parameters(int out, int in, Size kernel, boolean bias) {
    Map<String, int[]> p = new LinkedHashMap<>();
    p.put("weight", new int[] {out, in, kernel.height(), kernel.width()});
    if (bias) {
      p.put("bias", new int[] {out});
    }
    return p;
  }
}
