package org.bitgaze.op;

import java.util.List;

/**
 * A border around an image.
 *
 * @param top rows above
 * @param left columns on the left
 * @param bottom rows below
 * @param right columns on the right
 * @param value of the border; may be infinite, but a number
 */
public record Pad(int top, int left, int bottom, int right, double value) implements Op {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is negative, or the value not a number
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
    return new int[] {
      x[0],
      Math.addExact(Math.addExact(x[1], top), bottom),
      Math.addExact(Math.addExact(x[2], left), right)
    };
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "constant_pad_nd", script.input(), List.of(left, right, top, bottom), text());
  }

  /** TorchScript's text has no infinity. */
  private Object text() {
    return Double.isInfinite(value) ? "float(\"" + (value < 0 ? "-inf" : "inf") + "\")" : value;
  }
}
