package org.bitgaze.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;

/** Takes red, green and blue from an image as a reader returns it. */
final class Samples {
  private static final int[] RED_GREEN_BLUE = {0, 1, 2};

  private Samples() {}

  /**
   * Takes grey or red, green, blue samples as they are, the upper 8 of 16 bits; palettes and packed
   * pixels pass through the colour model. Further bands are dropped.
   */
  static RgbImage toRgb(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    if (isPacked(image)) {
      // The raster's own array: nobody else reads it.
      return new RgbImage(
          height, width, ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
    }
    byte[] rgb = new byte[height * width * 3];
    if (hasPlainBytes(image)) {
      copyBytes(image.getRaster(), rgb);
    } else if (hasPlainSamples(image)) {
      convert(
          image.getRaster(),
          image.getRaster().getNumBands() >= 3 ? Samples::rgb : Samples::grey,
          rgb);
    } else {
      copyColours(image, rgb);
    }
    return new RgbImage(height, width, rgb);
  }

  /** Converts samples that are not grey or red, green, blue by a rule of their own. */
  static RgbImage toRgb(Raster raster, Rule rule) {
    byte[] rgb = new byte[raster.getHeight() * raster.getWidth() * 3];
    convert(raster, rule, rgb);
    return new RgbImage(raster.getHeight(), raster.getWidth(), rgb);
  }

  /** Converts one pixel. */
  @FunctionalInterface
  interface Rule {
    /**
     * Writes three bytes.
     *
     * @param samples of many pixels, each 0 to 255
     * @param at where the pixel's first sample is
     * @param rgb where red, green and blue go
     * @param to where red goes
     */
    void apply(int[] samples, int at, byte[] rgb, int to);
  }

  private static void rgb(int[] samples, int at, byte[] rgb, int to) {
    rgb[to] = (byte) samples[at];
    rgb[to + 1] = (byte) samples[at + 1];
    rgb[to + 2] = (byte) samples[at + 2];
  }

  private static void grey(int[] samples, int at, byte[] rgb, int to) {
    Arrays.fill(rgb, to, to + 3, (byte) samples[at]);
  }

  /** Whether the samples themselves are grey or red, green, blue, of 8 or 16 bits. */
  private static boolean hasPlainSamples(BufferedImage image) {
    Raster raster = image.getRaster();
    int type = raster.getTransferType();
    return raster.getSampleModel() instanceof ComponentSampleModel
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
        && !(image.getColorModel() instanceof IndexColorModel);
  }

  /** Whether they are bytes that lie in one array, as those of photographs do. */
  private static boolean hasPlainBytes(BufferedImage image) {
    Raster raster = image.getRaster();
    return hasPlainSamples(image)
        && raster.getDataBuffer() instanceof DataBufferByte bytes
        && bytes.getNumBanks() == 1
        && bytes.getOffset() == 0
        && raster.getParent() == null
        && raster.getMinX() == 0
        && raster.getMinY() == 0;
  }

  /** Whether they are red, green, blue, and nothing else lies between or behind them. */
  private static boolean isPacked(BufferedImage image) {
    Raster raster = image.getRaster();
    return hasPlainBytes(image)
        && raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && Arrays.equals(model.getBandOffsets(), RED_GREEN_BLUE)
        && model.getPixelStride() == 3
        && model.getScanlineStride() == 3 * raster.getWidth()
        && raster.getDataBuffer().getSize() == 3 * raster.getWidth() * raster.getHeight();
  }

  /** Does what {@link #convert} does, without asking the raster for each sample. */
  private static void copyBytes(Raster raster, byte[] rgb) {
    ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    int[] bands = model.getBandOffsets();
    int red = bands[0];
    int green = bands.length >= 3 ? bands[1] : red;
    int blue = bands.length >= 3 ? bands[2] : red;
    int step = model.getPixelStride();
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      int pixel = y * model.getScanlineStride();
      for (int x = 0; x < raster.getWidth(); x++, pixel += step, out += 3) {
        rgb[out] = samples[pixel + red];
        rgb[out + 1] = samples[pixel + green];
        rgb[out + 2] = samples[pixel + blue];
      }
    }
  }

  private static void convert(Raster raster, Rule rule, byte[] rgb) {
    int bands = raster.getNumBands();
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int width = raster.getWidth();
    int[] row = new int[width * bands];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i++) {
        row[i] >>= shift;
      }
      for (int x = 0; x < row.length; x += bands, out += 3) {
        rule.apply(row, x, rgb, out);
      }
    }
  }

  private static void copyColours(BufferedImage image, byte[] rgb) {
    int width = image.getWidth();
    int[] row = new int[width];
    int out = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int colour : row) {
        rgb[out++] = (byte) (colour >> 16);
        rgb[out++] = (byte) (colour >> 8);
        rgb[out++] = (byte) colour;
      }
    }
  }
}
