package org.bitgaze.testing;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;

/** Seeded pictures with some structure, for tests that need images. */
public final class TestImages {
  private TestImages() {}

  /** A picture of overlapping ellipses on a gradient. */
  public static BufferedImage picture(int seed, int width, int height) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setPaint(new GradientPaint(0, 0, colour(random), width, height, colour(random)));
    g.fillRect(0, 0, width, height);
    for (int i = 0; i < 12; i++) {
      g.setColor(colour(random));
      int size = 20 + random.nextInt(width / 2);
      g.fillOval(random.nextInt(width) - size / 2, random.nextInt(height) - size / 2, size, size);
    }
    g.dispose();
    return image;
  }

  /** The picture's file in a format that ImageIO writes. */
  public static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IOException("no writer for " + format);
    }
    return out.toByteArray();
  }

  /** Writes pictures as {@code p0.png}, {@code p1.png}, ... to an existing folder. */
  public static void write(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve("p" + i + ".png"), encode(picture(i, 300, 260), "png"));
    }
  }

  /** The picture as networks take it. */
  public static RgbImage crop(int seed) throws IOException {
    return Preprocessing.IMAGENET.apply(
        ImageDecoder.decode(encode(picture(seed, 320, 280), "png")));
  }

  private static Color colour(Random random) {
    return new Color(random.nextInt(0x1000000));
  }
}
