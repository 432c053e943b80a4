package org.bitgaze.scene;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** Outlines of the salient object, within the unit circle. */
enum SceneShape {
  DISC(new Ellipse2D.Double(-0.85, -0.85, 1.7, 1.7)),
  TRIANGLE(polygon(3, 1, 1)),
  CROSS(cross(0.36)),
  STAR(polygon(5, 1, 0.42));

  private final Shape outline;

  SceneShape(Shape outline) {
    this.outline = outline;
  }

  Shape outline() {
    return outline;
  }

  /**
   * A polygon with corners on the outer circle and, if it differs, corners between on the inner.
   */
  private static Shape polygon(int corners, double outer, double inner) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < 2 * corners; i++) {
      if (i % 2 == 1 && inner == outer) {
        continue;
      }
      double radius = i % 2 == 0 ? outer : inner;
      double angle = StrictMath.PI * i / corners;
      point(path, radius * StrictMath.sin(angle), -radius * StrictMath.cos(angle));
    }
    path.closePath();
    return path;
  }

  private static Shape cross(double arm) {
    double end = 0.93;
    double[][] corners = {
      {-arm, -end}, {arm, -end}, {arm, -arm}, {end, -arm}, {end, arm}, {arm, arm},
      {arm, end}, {-arm, end}, {-arm, arm}, {-end, arm}, {-end, -arm}, {-arm, -arm}
    };
    Path2D path = new Path2D.Double();
    for (double[] corner : corners) {
      point(path, corner[0], corner[1]);
    }
    path.closePath();
    return path;
  }

  private static void point(Path2D path, double x, double y) {
    if (path.getCurrentPoint() == null) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }
}
