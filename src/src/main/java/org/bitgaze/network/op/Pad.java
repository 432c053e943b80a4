package org.bitgaze.network.op;

import java.util.List;

/**
 * A border around an image.
 *
 * @param top rows above
 * @param left columns on the left
 * @param bottom rows below
 * @param right columns on the right
 * @param mode what the border shows; of {@link PaddingMode#ZEROS} the value, instead of zeros
 * @param value may be infinite, but must be a number
 */
public record Pad(int top, int left, int bottom, int right, PaddingMode mode, double value)
    implements Op {
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
    int reach = mode == PaddingMode.REFLECT ? 1 : 0;
    boolean mirrors = reach == 1 || mode == PaddingMode.CIRCULAR;
    if (mirrors && (Math.max(top, bottom) + reach > x[1] || Math.max(left, right) + reach > x[2])) {
      throw new IllegalArgumentException(
          "pads " + x[2] + "x" + x[1] + " pixels by more than there are: " + this);
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
        ? Script.call("constant_pad_nd", script.input(), sizes, text())
        : Script.call("pad", script.input(), sizes, "\"" + mode + "\"");
  }

  /** TorchScript's text has no infinity. */
  private Object text() {
    return Double.isInfinite(value) ? "float(\"" + (value < 0 ? "-inf" : "inf") + "\")" : value;
  }
}
