package org.bitgaze.image;

/**
 * A map, and the part of it that a network sees.
 *
 * @param map the map, at any resolution
 * @param region the part, as fractions of the map's width and height
 */
public record MapPart(Heatmap map, Framing.Region region) {

  /**
   * Creates a part that is the whole map.
   *
   * @param map the map
   * @return the whole map
   */
  public static MapPart whole(Heatmap map) {
    return new MapPart(map, Framing.Region.WHOLE);
  }

  /**
   * Resamples the part, as {@link Heatmap#resample(int, int, Framing.Region)} does.
   *
   * @param height height of the result
   * @param width width of the result
   * @return height * width values, row by row
   */
  public double[] resample(int height, int width) {
    return map.resample(height, width, region);
  }

  /**
   * Resamples the part into an array.
   *
   * @param height height of the result
   * @param width width of the result
   * @param out receives height * width values, row by row
   */
  public void resample(int height, int width, double[] out) {
    map.resample(height, width, region, out);
  }

  /**
   * Resamples the part to a map, in float32.
   *
   * @param height height of the result
   * @param width width of the result
   * @return the map
   */
  public Heatmap resize(int height, int width) {
    double[] exact = resample(height, width);
    float[] values = new float[exact.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) exact[i];
    }
    return new Heatmap(height, width, values);
  }
}
