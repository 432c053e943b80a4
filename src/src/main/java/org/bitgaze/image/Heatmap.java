package org.bitgaze.image;

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
          "a map of " + width + "x" + height + " has not " + values.length + " values");
    }
  }

  /**
   * Takes a grey image as a map.
   *
   * @param image whose red channel counts
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
   * Returns the map resampled by bilinear interpolation between pixel centres, edges extended:
   * {@code torch.nn.functional.interpolate(mode="bilinear", align_corners=False)}.
   *
   * @param newHeight height of the result
   * @param newWidth width of the result
   * @return this map if it has that size already
   */
  public Heatmap resize(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    float[] out = new float[newHeight * newWidth];
    int[] left = new int[newWidth];
    int[] right = new int[newWidth];
    float[] weight = new float[newWidth];
    for (int x = 0; x < newWidth; x++) {
      float source = source(x, width, newWidth);
      left[x] = (int) source;
      right[x] = Math.min(left[x] + 1, width - 1);
      weight[x] = source - left[x];
    }
    for (int y = 0; y < newHeight; y++) {
      float source = source(y, height, newHeight);
      int top = (int) source * width;
      int bottom = Math.min((int) source + 1, height - 1) * width;
      float wy = source - (int) source;
      for (int x = 0; x < newWidth; x++) {
        float upper = (1 - weight[x]) * values[top + left[x]] + weight[x] * values[top + right[x]];
        float lower =
            (1 - weight[x]) * values[bottom + left[x]] + weight[x] * values[bottom + right[x]];
        out[y * newWidth + x] = (1 - wy) * upper + wy * lower;
      }
    }
    return new Heatmap(newHeight, newWidth, out);
  }

  private static float source(int target, int size, int newSize) {
    return Math.max(0, (target + 0.5f) * ((float) size / newSize) - 0.5f);
  }
}
