package org.bitgaze.scene;

import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.image.ClassImage;
import org.bitgaze.image.Mask;
import org.bitgaze.image.RgbImage;

/**
 * A synthetic, photograph-like picture with one salient object and its exact mask. Seed and number
 * determine the pixels, on every machine: only {@link Random}, whose algorithm Java specifies,
 * {@link StrictMath} and Java2D's own rasterizer are used.
 */
public final class Scene {
  private static final Pattern KEY = Pattern.compile("(?:.*/)?(-?\\d+)-(\\d+)\\.bmp");
  private static final int MIN_SIDE = 224;
  private static final int MAX_SIDE = 320;

  /** From this coverage on, a pixel is the object's. */
  private static final int HALF = 128;

  private final long seed;
  private final long number;

  private Scene(long seed, long number) {
    this.seed = seed;
    this.number = number;
  }

  /** The scene's objects and light. It is derived on demand, so a scene is only two numbers. */
  private record Layout(
      int width, int height, SceneObject object, List<SceneObject> distractors, SceneLook look) {}

  private Layout layout() {
    Random random = random(0);
    int width = MIN_SIDE + random.nextInt(MAX_SIDE - MIN_SIDE + 1);
    int height = MIN_SIDE + random.nextInt(MAX_SIDE - MIN_SIDE + 1);
    SceneObject object = SceneObject.salient(random, width, height);
    List<SceneObject> distractors = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      distractors.add(SceneObject.distractor(random, width, height));
    }
    return new Layout(width, height, object, distractors, SceneLook.of(random));
  }

  /**
   * Returns a scene without drawing it.
   *
   * @param seed the seed of the series
   * @param number the scene's number in the series, from 0
   * @return the scene
   */
  public static Scene of(long seed, long number) {
    if (number < 0) {
      throw new IllegalArgumentException("a scene's number must be at least 0, not " + number);
    }
    return new Scene(seed, number);
  }

  /**
   * Returns the scene with a key.
   *
   * @param key what {@link #key} returns, optionally with folders before it
   * @return the scene
   * @throws IllegalArgumentException if it is not a scene's key
   */
  public static Scene of(String key) {
    Matcher parts = KEY.matcher(key);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + key + "' is not a scene's key; expected CLASS/SEED-NUMBER.bmp");
    }
    return of(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
  }

  /** {@return the key that {@link #of(String)} reads, such as {@code star-dots/7-000123.bmp}} */
  public String key() {
    return String.format(Locale.ROOT, "%s/%d-%06d.bmp", label(), seed, number);
  }

  /** {@return the class of the salient object} */
  public SceneClass label() {
    return layout().object().label().orElseThrow();
  }

  /** {@return the picture, 224 to 320 pixels wide and high} */
  public RgbImage picture() {
    Layout l = layout();
    return new ScenePainter(l.width(), l.height(), l.look(), random(1))
        .paint(l.distractors(), l.object());
  }

  /**
   * Draws the mask of the salient object. No other object covers it.
   *
   * @return the picture's size; white where the object covers at least half of a pixel, else black
   */
  public RgbImage mask() {
    Layout l = layout();
    int[] coverage = ScenePainter.coverage(l.object(), l.width(), l.height());
    byte[] pixels = new byte[coverage.length * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (coverage[i / 3] >= HALF ? 255 : 0);
    }
    return new RgbImage(l.height(), l.width(), pixels);
  }

  /**
   * Lists the objects that the picture shows.
   *
   * @return those that are not covered altogether, in the order in which they are painted: the
   *     salient object last
   */
  public List<VisibleObject> objects() {
    Layout l = layout();
    List<SceneObject> painted = new ArrayList<>(l.distractors());
    painted.add(l.object());
    List<BitSet> visible = new ArrayList<>();
    for (SceneObject object : painted) {
      int[] coverage = ScenePainter.coverage(object, l.width(), l.height());
      BitSet bits = new BitSet(coverage.length);
      for (int i = 0; i < coverage.length; i++) {
        bits.set(i, coverage[i] >= HALF);
      }
      visible.forEach(below -> below.andNot(bits));
      visible.add(bits);
    }
    List<VisibleObject> objects = new ArrayList<>();
    for (int i = 0; i < visible.size(); i++) {
      if (!visible.get(i).isEmpty()) {
        Mask mask = new Mask(l.height(), l.width(), visible.get(i));
        objects.add(VisibleObject.of(SceneCategory.of(painted.get(i)), mask));
      }
    }
    return List.copyOf(objects);
  }

  /** {@return the category of each pixel: 0 for the ground, else the category's index + 1} */
  public ClassImage classes() {
    Layout l = layout();
    byte[] classes = new byte[l.width() * l.height()];
    for (VisibleObject object : objects()) {
      byte id = (byte) (object.category().ordinal() + 1);
      object.mask().bits().stream().forEach(i -> classes[i] = id);
    }
    return new ClassImage(l.height(), l.width(), classes);
  }

  /** A generator for this scene and one purpose. */
  private Random random(int purpose) {
    long z = seed * 0x9e3779b97f4a7c15L + number;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L + purpose;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return new UnsharedRandom(z ^ (z >>> 31));
  }

  /** Scales, rotates and shifts, without {@link Math#sin}, which may differ between machines. */
  static AffineTransform place(double x, double y, double radius, double angle) {
    double cos = radius * StrictMath.cos(angle);
    double sin = radius * StrictMath.sin(angle);
    return new AffineTransform(cos, sin, -sin, cos, x, y);
  }
}
