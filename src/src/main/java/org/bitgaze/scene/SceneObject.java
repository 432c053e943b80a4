package org.bitgaze.scene;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.Optional;
import java.util.Random;

/**
 * An object in a scene.
 *
 * @param label the salient object's class; empty for a distractor, which has one colour
 * @param outline the outline, within the unit circle
 * @param place maps the outline's coordinates to pixels
 * @param first the pattern's first colour, RGB
 * @param second the pattern's second colour, RGB
 * @param period the pattern's period, in units of the object's radius
 */
record SceneObject(
    Optional<SceneClass> label,
    Shape outline,
    AffineTransform place,
    int first,
    int second,
    double period) {

  /** The salient object: large, near the centre, in two contrasting colours. */
  static SceneObject salient(Random random, int width, int height) {
    SceneClass label = SceneClass.ALL.get(random.nextInt(SceneClass.ALL.size()));
    double radius = Math.min(width, height) * between(random, 0.2, 0.33);
    AffineTransform place = place(random, width, height, radius, 0.3, 0.7);
    float hue = random.nextFloat();
    int light = colour(random, hue, 0.75f, 1f);
    int dark = colour(random, hue + 0.3f + 0.4f * random.nextFloat(), 0.1f, 0.4f);
    boolean lightFirst = random.nextBoolean();
    return new SceneObject(
        Optional.of(label),
        label.shape().outline(),
        place,
        lightFirst ? light : dark,
        lightFirst ? dark : light,
        between(random, 0.36, 0.54));
  }

  /** A small object of one colour and another outline, anywhere. */
  static SceneObject distractor(Random random, int width, int height) {
    Shape outline =
        switch (random.nextInt(3)) {
          case 0 -> new Ellipse2D.Double(-1, -0.45, 2, 0.9);
          case 1 -> new RoundRectangle2D.Double(-1, -0.2, 2, 0.4, 0.3, 0.3);
          default -> new Rectangle2D.Double(-0.7, -0.6, 1.4, 1.2);
        };
    double radius = Math.min(width, height) * between(random, 0.05, 0.13);
    AffineTransform place = place(random, width, height, radius, 0.05, 0.95);
    int colour = colour(random, random.nextFloat(), 0.2f, 0.9f);
    return new SceneObject(Optional.empty(), outline, place, colour, colour, 1);
  }

  private static AffineTransform place(
      Random random, int width, int height, double radius, double low, double high) {
    double x = width * between(random, low, high);
    double y = height * between(random, low, high);
    return Scene.place(x, y, radius, between(random, 0, 2 * Math.PI));
  }

  private static int colour(Random random, float hue, float darkest, float lightest) {
    float brightness = darkest + (lightest - darkest) * random.nextFloat();
    return Color.HSBtoRGB(hue, 0.4f + 0.6f * random.nextFloat(), brightness);
  }

  static double between(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }
}
