package org.bitgaze.image;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** Pillow's antialiasing filters. When an image is reduced, a filter widens with the reduction. */
public enum Interpolation implements Named {
  /** A triangle over 2 pixels. */
  BILINEAR("a triangle over 2 pixels", 1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },
  /** Keys' cubic convolution with a = -0.5 over 4 pixels. */
  BICUBIC("Keys' cubic with a = -0.5 over 4 pixels", 2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((1.5 * x) - 2.5) * x * x + 1;
      }
      return x < 2 ? (((-0.5 * x) + 2.5) * x - 4) * x + 2 : 0;
    }
  };

  private final String description;
  private final double support;

  Interpolation(String description, double support) {
    this.description = description;
    this.support = support;
  }

  /** {@return half the filter's width, in pixels of the result} */
  double support() {
    return support;
  }

  /** {@return the filter's value at a distance from its centre} */
  abstract double weight(double distance);

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }
}
