package org.bitgaze.faithfulness;

import java.util.Arrays;
import java.util.Optional;
import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.ScaledMap;

/** An image's pixels in the order in which a map ranks them, the most important pixel first. */
public final class PixelOrder {
  private final int[] pixels;

  private PixelOrder(double[] importance) {
    pixels = order(importance);
  }

  /**
   * Ranks pixels by a map, scaled to [0, 1] on the image's own grid. Of equal pixels the one with
   * the lower row-major index is first.
   *
   * @param map at its own resolution
   * @param height of the image
   * @param width of the image
   * @return the order; nothing if the map is constant or not finite
   */
  public static Optional<PixelOrder> of(Heatmap map, int height, int width) {
    if (ScaledMap.of(map).status() != MapStatus.OK) {
      return Optional.empty();
    }
    double[] grid = map.resample(height, width);
    double low = Arrays.stream(grid).min().orElseThrow();
    double range = Arrays.stream(grid).max().orElseThrow() - low;
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (grid[i] - low) / range;
    }
    return Optional.of(new PixelOrder(grid));
  }

  /**
   * Ranks pixels by their distance to the image's centre, the nearest first.
   *
   * @param height of the image
   * @param width of the image
   * @return the order, which depends on nothing that the image shows
   */
  public static PixelOrder ofCentre(int height, int width) {
    double[] nearness = new double[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int down = 2 * y - (height - 1);
        int right = 2 * x - (width - 1);
        nearness[y * width + x] = -((double) down * down + (double) right * right);
      }
    }
    return new PixelOrder(nearness);
  }

  /**
   * Sorts indices by values without an object for each: a value's first position is the number of
   * larger values, and equal values follow each other.
   */
  private static int[] order(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int[] taken = new int[values.length];
    int[] order = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      int larger = values.length - firstAbove(sorted, values[i]);
      order[larger + taken[larger]++] = i;
    }
    return order;
  }

  private static int firstAbove(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** {@return the number of pixels} */
  public int size() {
    return pixels.length;
  }

  /**
   * Returns a pixel.
   *
   * @param rank from 0, the most important pixel
   * @return its row-major index
   */
  public int pixel(int rank) {
    return pixels[rank];
  }
}
