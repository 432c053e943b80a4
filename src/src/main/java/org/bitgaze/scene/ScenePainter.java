package org.bitgaze.scene;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.NoninvertibleTransformException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.List;
import java.util.Random;
import org.bitgaze.image.RgbImage;

/** Draws a scene: texture, distractors, salient object, light, blur, noise. */
final class ScenePainter {
  private static final int OCTAVES = 5;

  private final int width;
  private final int height;
  private final SceneLook look;
  private final Random random;
  private final float[][] channels;

  ScenePainter(int width, int height, SceneLook look, Random random) {
    this.width = width;
    this.height = height;
    this.look = look;
    this.random = random;
    this.channels = new float[3][width * height];
  }

  RgbImage paint(List<SceneObject> distractors, SceneObject object) {
    ground();
    distractors.forEach(this::object);
    object(object);
    light();
    byte[] pixels = new byte[width * height * 3];
    for (int c = 0; c < 3; c++) {
      float[] blurred = blurred(blurred(channels[c], 1), width);
      for (int i = 0; i < blurred.length; i++) {
        pixels[3 * i + c] = (byte) Math.max(0, Math.min(255, Math.round(blurred[i] + noise())));
      }
    }
    return new RgbImage(height, width, pixels);
  }

  /** Returns how much of each pixel an object covers, 0 to 255. */
  static int[] coverage(SceneObject object, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Color.WHITE);
    g.fill(object.place().createTransformedShape(object.outline()));
    g.dispose();
    // getRGB would convert each pixel by itself.
    int[] coverage = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < coverage.length; i++) {
      coverage[i] &= 0xff;
    }
    return coverage;
  }

  /** Value noise of several octaves, between two colours. */
  private void ground() {
    float[] texture = new float[width * height];
    float amplitude = 0.5f;
    double cell = look.grain();
    for (int octave = 0; octave < OCTAVES; octave++) {
      addNoise(texture, Math.max(2, cell), amplitude);
      amplitude /= 1.7f;
      cell /= 2;
    }
    for (int c = 0; c < 3; c++) {
      float a = channel(look.ground()[0], c);
      float b = channel(look.ground()[1], c);
      for (int i = 0; i < texture.length; i++) {
        channels[c][i] = a + (b - a) * (0.5f + texture[i]);
      }
    }
  }

  private void addNoise(float[] texture, double cell, float amplitude) {
    int columns = (int) (width / cell) + 2;
    int rows = (int) (height / cell) + 2;
    float[] lattice = new float[columns * rows];
    for (int i = 0; i < lattice.length; i++) {
      lattice[i] = amplitude * (2 * random.nextFloat() - 1);
    }
    // Divisions are slow, and the same in every row.
    int[] column = new int[width];
    float[] share = new float[width];
    for (int x = 0; x < width; x++) {
      column[x] = (int) (x / cell);
      share[x] = smooth((float) (x / cell - column[x]));
    }
    for (int y = 0; y < height; y++) {
      int row = (int) (y / cell);
      float fy = smooth((float) (y / cell - row));
      for (int x = 0; x < width; x++) {
        float fx = share[x];
        int at = row * columns + column[x];
        float upper = lattice[at] + fx * (lattice[at + 1] - lattice[at]);
        at += columns;
        float lower = lattice[at] + fx * (lattice[at + 1] - lattice[at]);
        texture[y * width + x] += upper + fy * (lower - upper);
      }
    }
  }

  private void object(SceneObject object) {
    int[] coverage = coverage(object, width, height);
    AffineTransform inverse;
    try {
      inverse = object.place().createInverse();
    } catch (NoninvertibleTransformException e) {
      throw new IllegalStateException("an object's size must not be 0", e);
    }
    double phaseU = random.nextDouble();
    double phaseV = random.nextDouble();
    double[] samples = new double[8];
    for (int i = 0; i < coverage.length; i++) {
      if (coverage[i] > 0) {
        float first =
            object.label().isEmpty()
                ? 1
                : shareOfFirst(object, inverse, i, phaseU, phaseV, samples);
        float alpha = coverage[i] / 255f;
        for (int c = 0; c < 3; c++) {
          float a = channel(object.first(), c);
          float b = channel(object.second(), c);
          channels[c][i] += alpha * (b + (a - b) * first - channels[c][i]);
        }
      }
    }
  }

  /** Returns the share of the first colour in a pixel, from four points of it. */
  private float shareOfFirst(
      SceneObject object,
      AffineTransform inverse,
      int pixel,
      double phaseU,
      double phaseV,
      double[] samples) {
    double x = pixel % width;
    double y = pixel / width;
    for (int s = 0; s < 4; s++) {
      samples[2 * s] = x + (s % 2 == 0 ? 0.25 : 0.75);
      samples[2 * s + 1] = y + (s < 2 ? 0.25 : 0.75);
    }
    inverse.transform(samples, 0, samples, 0, 4);
    int first = 0;
    for (int s = 0; s < 4; s++) {
      double u = samples[2 * s] / object.period() + phaseU;
      double v = samples[2 * s + 1] / object.period() + phaseV;
      if (object.label().orElseThrow().surface().isFirst(u, v)) {
        first++;
      }
    }
    return first / 4f;
  }

  private void light() {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double slope =
            look.lightX() * (2.0 * x / width - 1) + look.lightY() * (2.0 * y / height - 1);
        float factor = (float) (look.exposure() * (1 + slope));
        for (float[] channel : channels) {
          channel[y * width + x] *= factor;
        }
      }
    }
  }

  /** Mixes each pixel with those one step before and after it. Edges stay as they are. */
  private float[] blurred(float[] channel, int step) {
    float share = (float) look.blur();
    float[] out = channel.clone();
    for (int y = step == 1 ? 0 : 1; y < height - (step == 1 ? 0 : 1); y++) {
      for (int x = step == 1 ? 1 : 0; x < width - (step == 1 ? 1 : 0); x++) {
        int i = y * width + x;
        out[i] = (1 - 2 * share) * channel[i] + share * (channel[i - step] + channel[i + step]);
      }
    }
    return out;
  }

  /** A sum of four uniform values, nearly normal, with deviation {@code look.noise() / 2}. */
  private float noise() {
    int bits = random.nextInt();
    int sum = (bits & 0xff) + (bits >> 8 & 0xff) + (bits >> 16 & 0xff) + (bits >>> 24);
    return (float) (look.noise() * (sum - 510) / 296);
  }

  private static float smooth(float t) {
    return t * t * (3 - 2 * t);
  }

  private static float channel(int rgb, int c) {
    return rgb >> 16 - 8 * c & 0xff;
  }
}
