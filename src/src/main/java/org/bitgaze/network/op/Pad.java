package org.bitgaze.network.op;

import java.util.List;

/**
 * A border around an image.
 *
 * @param top rows above
 * @param left columns on the left
 * @param bottom rows below
 * @param right columns on the right
 * @param mode the border's values; {@link PaddingMode#ZEROS} stands for the constant {@code value}
 * @param value the constant, not NaN
 */
public record Pad(int top, int left, int bottom, int right, PaddingMode mode, double value)
    implements Op {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is negative, or the value is NaN
   */
  public Pad {
    new Size(top, left).atLeast(0, "padding");
    new Size(bottom, right).atLeast(0, "padding");
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("pads with " + value);
    }
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = Window.image(inputs, 0);
    if (!mode.fits(Math.max(top, bottom), x[1]) || !mode.fits(Math.max(left, right), x[2])) {
      throw new IllegalArgumentException(
          "padding exceeds the image of " + x[2] + "x" + x[1] + " pixels: " + this);
    }
    return new int[] {
      x[0],
      Math.addExact(Math.addExact(x[1], top), bottom),
      Math.addExact(Math.addExact(x[2], left), right)
    };
  }

  @Override
  public String torchScript(Script script) {
    List<Integer> sizes = List.of(left, right, top, bottom);
    return mode == PaddingMode.ZEROS
        ? Script.call("constant_pad_nd", script.input(), sizes, literal())
        : Script.call("pad", script.input(), sizes, "\"" + mode + "\"");
  }

  /** TorchScript has no literal for infinity. */
  private Object literal() {
    return Double.isInfinite(value) ? "float(\"" + (value < 0 ? "-inf" : "inf") + "\")" : value;
  }
}
