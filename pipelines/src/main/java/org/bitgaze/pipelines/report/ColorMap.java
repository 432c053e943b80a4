package org.bitgaze.pipelines.report;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** Viridis (Smith and van der Walt 2015), perceptually uniform, as OpenCV has it. */
final class ColorMap {
  /** What the legend calls it. */
  static final String NAME = "viridis";

  private static final int STEPS = 256;

  private final byte[] red = new byte[STEPS];
  private final byte[] green = new byte[STEPS];
  private final byte[] blue = new byte[STEPS];

  ColorMap() {
    byte[] ramp = new byte[STEPS];
    for (int i = 0; i < STEPS; i++) {
      ramp[i] = (byte) i;
    }
    byte[] bgr = new byte[3 * STEPS];
    try (Mat grey = new Mat(1, STEPS, opencv_core.CV_8UC1, new BytePointer(ramp));
        Mat colours = new Mat()) {
      opencv_imgproc.applyColorMap(grey, colours, opencv_imgproc.COLORMAP_VIRIDIS);
      colours.data().get(bgr);
    }
    for (int i = 0; i < STEPS; i++) {
      blue[i] = bgr[3 * i];
      green[i] = bgr[3 * i + 1];
      red[i] = bgr[3 * i + 2];
    }
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
