package org.bitgaze.scene;

/** Patterns on the salient object. Coordinates are in units of the period. */
enum SceneSurface {
  STRIPES {
    @Override
    boolean isFirst(double u, double v) {
      return fraction(u) < 0.5;
    }
  },
  CHECKS {
    @Override
    boolean isFirst(double u, double v) {
      return fraction(u) < 0.5 == fraction(v) < 0.5;
    }
  },
  DOTS {
    @Override
    boolean isFirst(double u, double v) {
      double du = fraction(u) - 0.5;
      double dv = fraction(v) - 0.5;
      return du * du + dv * dv < 0.11;
    }
  };

  /** Returns whether a point has the first of the two colours. */
  abstract boolean isFirst(double u, double v);

  private static double fraction(double x) {
    return x - Math.floor(x);
  }
}
