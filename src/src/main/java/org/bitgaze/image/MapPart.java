package org.bitgaze.image;

/**
 * A map, and the part of it that is seen.
 *
 * @param map the map, at any resolution
 * @param region what is seen, as shares of the map's width and height
 */
public record MapPart(Heatmap map, Framing.Region region) {

  /**
   * Takes a map of which all is seen.
   *
   * @param map the map
   * @return the map with the whole of it
   */
  public static MapPart whole(Heatmap map) {
    return new MapPart(map, Framing.Region.WHOLE);
  }

  /**
   * Resamples what is seen, as {@link Heatmap#resample(int, int, Framing.Region)} does it.
   *
   * @param height height of the result
   * @param width width of the result
   * @return height * width values, row by row
   */
  public double[] resample(int height, int width) {
    return map.resample(height, width, region);
  }

  /**
   * Resamples what is seen into an array.
   *
   * @param height height of the result
   * @param width width of the result
   * @param out where height * width values are written, row by row
   */
  public void resample(int height, int width, double[] out) {
    map.resample(height, width, region, out);
  }

  /**
   * Returns what is seen as a map of its own, in float32.
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
