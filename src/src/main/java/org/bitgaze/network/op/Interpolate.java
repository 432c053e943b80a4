package org.bitgaze.network.op;

import java.util.List;

/**
 * An image resized.
 *
 * @param size height and width of the output
 * @param kind the interpolation
 */
public record Interpolate(Size size, Kind kind) implements Op {

  /** How a pixel of the output is computed. */
  public enum Kind {
    /** The pixel floor(i size / output). */
    NEAREST,
    /** Bilinear; pixel centres are at half-integers, edge pixels are repeated. */
    LINEAR,
    /** Bilinear with aligned corners. */
    LINEAR_CORNERS,
    /**
     * Bicubic convolution with a = -0.75 (Keys 1981); pixel centres are at half-integers, edge
     * pixels are repeated.
     */
    CUBIC
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
    String x = script.input();
    return switch (kind) {
      case NEAREST -> Script.call("upsample_nearest2d", x, size, "None");
      case LINEAR, LINEAR_CORNERS ->
          Script.call("upsample_bilinear2d", x, size, kind == Kind.LINEAR_CORNERS, "None");
      case CUBIC -> Script.call("upsample_bicubic2d", x, size, false, "None");
    };
  }
}
