package org.bitgaze.network.op;

import java.util.List;

/**
 * Mean over windows.
 *
 * @param kernel size of a window
 * @param stride distance between windows
 * @param padding zeros added on each side, at most half a window
 * @param ceilMode whether a last window that extends beyond the edge counts
 * @param countIncludePad whether the mean includes the padding
 */
public record AvgPool2d(
    Size kernel, Size stride, Size padding, boolean ceilMode, boolean countIncludePad)
    implements Op {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is not positive or the padding more than half a window
   */
  public AvgPool2d {
    new Window(kernel, stride, padding, Size.ONE, ceilMode).requireHalfPadding();
  }

  /**
   * Creates a pooling over square windows without padding.
   *
   * @param kernel height and width of a window
   * @param stride distance between windows
   * @return the operation
   */
  public static AvgPool2d of(int kernel, int stride) {
    return new AvgPool2d(Size.of(kernel), Size.of(stride), Size.ZERO, false, true);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = Window.image(inputs, 0);
    return new Window(kernel, stride, padding, Size.ONE, ceilMode).output(x[0], x);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "avg_pool2d", script.input(), kernel, stride, padding, ceilMode, countIncludePad, "None");
  }

  @Override
  public boolean isMean() {
    return true;
  }
}
