package org.bitgaze.pipelines.report;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Scanner;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;

/** Colours for values in [0, 1]. */
final class ColorMap {
  /** What the legend calls the colours of maps. */
  static final String NAME = "viridis";

  private static final int STEPS = 256;

  /** Less, the same and more, as red, green and blue: told apart by those who see no red, too. */
  private static final int[][] DIVERGING = {{33, 102, 172}, {247, 247, 247}, {178, 24, 43}};

  private final byte[] red = new byte[STEPS];
  private final byte[] green = new byte[STEPS];
  private final byte[] blue = new byte[STEPS];

  private ColorMap() {}

  /** Viridis (Smith and van der Walt 2015), perceptually uniform; the same bytes as OpenCV's. */
  static ColorMap viridis() {
    ColorMap map = new ColorMap();
    try (InputStream in = ColorMap.class.getResourceAsStream("viridis.txt");
        Scanner colours = new Scanner(in, StandardCharsets.US_ASCII)) {
      for (int i = 0; i < STEPS; i++) {
        int rgb = colours.nextInt(16);
        map.red[i] = (byte) (rgb >> 16);
        map.green[i] = (byte) (rgb >> 8);
        map.blue[i] = (byte) rgb;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return map;
  }

  /** Blue, white, red (ColorBrewer's RdBu by its ends and middle): 0.5 is no difference. */
  static ColorMap diverging() {
    ColorMap map = new ColorMap();
    for (int i = 0; i < STEPS; i++) {
      double at = 2.0 * i / (STEPS - 1);
      int from = Math.min(1, (int) at);
      map.red[i] = between(from, at - from, 0);
      map.green[i] = between(from, at - from, 1);
      map.blue[i] = between(from, at - from, 2);
    }
    return map;
  }

  private static byte between(int from, double share, int channel) {
    return (byte)
        Math.round(DIVERGING[from][channel] * (1 - share) + DIVERGING[from + 1][channel] * share);
  }

  /** A map of values in [0, 1] as the data URI of a PNG file with a palette. */
  String png(Heatmap map) throws IOException {
    IndexColorModel palette = new IndexColorModel(8, STEPS, red, green, blue);
    BufferedImage image =
        new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_INDEXED, palette);
    for (int i = 0; i < map.values().length; i++) {
      int[] index = {Math.round(255 * map.values()[i])};
      image.getRaster().setPixel(i % map.width(), i / map.width(), index);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", out)) {
      throw new IOException("this JVM writes no PNG");
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
  }

  /** The colours at equal steps, as a CSS gradient. */
  String gradient() {
    StringBuilder css = new StringBuilder("linear-gradient(to right");
    for (int i = 0; i < STEPS; i += 15) {
      css.append(String.format(", #%02x%02x%02x", red[i] & 0xff, green[i] & 0xff, blue[i] & 0xff));
    }
    return css.append(')').toString();
  }
}
