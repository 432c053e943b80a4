package org.bitgaze.network.op;

import java.util.List;

/**
 * Mean over windows that cover the image; output pixel i takes input pixels floor(i size / output)
 * to ceil((i + 1) size / output), exclusive.
 *
 * @param output height and width of the output
 */
public record AdaptiveAvgPool2d(Size output) implements Op {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public AdaptiveAvgPool2d {
    output.atLeast(1, "output");
  }

  /**
   * Creates a pooling with a square output.
   *
   * @param side height and width of the output; 1 for the mean over the image
   * @return the operation
   */
  public static AdaptiveAvgPool2d of(int side) {
    return new AdaptiveAvgPool2d(Size.of(side));
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return new int[] {Window.image(inputs, 0)[0], output.height(), output.width()};
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("adaptive_avg_pool2d", script.input(), output);
  }

  @Override
  public boolean isMean() {
    return true;
  }
}
