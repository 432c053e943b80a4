package org.bitgaze.network.op;

import java.util.List;

/**
 * An image of another size.
 *
 * @param size height and width of the output
 * @param kind how a pixel is made
 */
public record Interpolate(Size size, Kind kind) implements Op {

  /** How a pixel of the output is made. */
  public enum Kind {
    /** The pixel floor(i size / output). */
    NEAREST,
    /** Of the two nearest in each direction; pixels' centres lie at halves, edges are repeated. */
    LINEAR,
    /** Of the two nearest in each direction; the corners' centres fall together. */
    LINEAR_CORNERS
  }

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public Interpolate {
    size.atLeast(1, "output");
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return new int[] {Window.image(inputs, 0)[0], size.height(), size.width()};
  }

  @Override
  public String torchScript(Script script) {
    return kind == Kind.NEAREST
        ? Script.call("upsample_nearest2d", script.input(), size, "None")
        : Script.call(
            "upsample_bilinear2d", script.input(), size, kind == Kind.LINEAR_CORNERS, "None");
  }
}
