package org.bitgaze.image;

import java.util.Arrays;

/**
 * A map of one number per pixel: a class activation map or a saliency map.
 *
 * @param height in pixels
 * @param width in pixels
 * @param values row by row from the top: height * width of them
 */
public record Heatmap(int height, int width, float[] values) {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not height * width values
   */
  public Heatmap {
    if (values.length != height * width) {
      throw new IllegalArgumentException(
          "a map of "
              + width
              + " x "
              + height
              + " needs "
              + width * height
              + " values, found "
              + values.length);
    }
  }

  /**
   * Converts a grey image to a map.
   *
   * @param image its red channel is used
   * @return the same size, 0 for black to 1 for white
   */
  public static Heatmap ofGrey(RgbImage image) {
    float[] values = new float[image.height() * image.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (image.pixels()[3 * i] & 0xff) / 255f;
    }
    return new Heatmap(image.height(), image.width(), values);
  }

  /**
   * Resamples the map by bilinear interpolation between pixel centres, edges extended: {@code
   * torch.nn.functional.interpolate(mode="bilinear", align_corners=False)}, in float64 and as a + f
   * (b - a), so that a plateau stays a plateau.
   *
   * @param newHeight height of the result
   * @param newWidth width of the result
   * @return newHeight * newWidth values, row by row
   */
  public double[] resample(int newHeight, int newWidth) {
    return resample(newHeight, newWidth, Framing.Region.WHOLE);
  }

  /**
   * Resamples a part of the map in the same way: {@code grid_sample} with {@code
   * padding_mode="border"}. The outermost values of the result are interpolated with values outside
   * the part.
   *
   * @param newHeight height of the result
   * @param newWidth width of the result
   * @param region the part, as fractions of the map's width and height
   * @return newHeight * newWidth values, row by row
   */
  public double[] resample(int newHeight, int newWidth, Framing.Region region) {
    double[] out = new double[newHeight * newWidth];
    resample(newHeight, newWidth, region, out);
    return out;
  }

  /** Resamples into an array. */
  void resample(int newHeight, int newWidth, Framing.Region region, double[] out) {
    double[] rows = new double[height * newWidth];
    for (int x = 0; x < newWidth; x++) {
      double source = source(x, width, newWidth, region.left(), region.width());
      int left = Math.min((int) source, width - 1);
      int right = Math.min(left + 1, width - 1);
      for (int y = 0; y < height; y++) {
        double a = values[y * width + left];
        rows[y * newWidth + x] = a + (source - left) * (values[y * width + right] - a);
      }
    }
    for (int y = 0; y < newHeight; y++) {
      double source = source(y, height, newHeight, region.top(), region.height());
      int top = Math.min((int) source, height - 1);
      int bottom = Math.min(top + 1, height - 1);
      mix(rows, top * newWidth, bottom * newWidth, source - top, out, y * newWidth, newWidth);
    }
  }

  /** Interpolates one row of the result between two rows of the map. */
  private static void mix(
      double[] rows, int top, int bottom, double share, double[] out, int to, int length) {
    for (int x = 0; x < length; x++) {
      double a = rows[top + x];
      out[to + x] = a + share * (rows[bottom + x] - a);
    }
  }

  /**
   * Resamples the map as {@link #resample} does, to float32.
   *
   * @param newHeight height of the result
   * @param newWidth width of the result
   * @return the map; this one if it already has that size
   */
  public Heatmap resize(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    return MapPart.whole(this).resize(newHeight, newWidth);
  }

  /** The position of a target pixel's centre, in source pixels from the first one's centre. */
  private static double source(int target, int size, int newSize, double begin, double share) {
    return Math.max(0, begin * size + (target + 0.5) * size / newSize * share - 0.5);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Heatmap that
        && that.height == height
        && that.width == width
        && Arrays.equals(that.values, values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(values);
  }
}
