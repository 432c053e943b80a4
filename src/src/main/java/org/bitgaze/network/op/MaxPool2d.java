package org.bitgaze.network.op;

import java.util.List;

/**
 * Maximum over windows; padding does not count.
 *
 * @param kernel size of a window
 * @param stride distance between windows
 * @param padding padding on each side, at most half a window
 * @param dilation distance between a window's pixels
 * @param ceilMode whether a last window that extends beyond the edge counts
 */
public record MaxPool2d(Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode)
    implements Op {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is not positive or the padding more than half a window
   */
  public MaxPool2d {
    new Window(kernel, stride, padding, dilation, ceilMode).requireHalfPadding();
  }

  /**
   * Creates a pooling over square windows.
   *
   * @param kernel height and width of a window
   * @param stride distance between windows
   * @param padding padding on each side
   * @return the operation
   */
  public static MaxPool2d of(int kernel, int stride, int padding) {
    return new MaxPool2d(Size.of(kernel), Size.of(stride), Size.of(padding), Size.ONE, false);
  }

  /** {@return the same pooling, in which a last window that extends beyond the edge counts} */
  public MaxPool2d withCeilMode() {
    return new MaxPool2d(kernel, stride, padding, dilation, true);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = Window.image(inputs, 0);
    return new Window(kernel, stride, padding, dilation, ceilMode).output(x[0], x);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("max_pool2d", script.input(), kernel, stride, padding, dilation, ceilMode);
  }

  @Override
  public boolean picksValues() {
    return true;
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
