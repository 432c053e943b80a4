package org.bitgaze.measure;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Rectangle;

/**
 * A map prepared for comparison: resampled to the comparison grid, then scaled to [0, 1], m' = (m -
 * min) / (max - min), in float64. Values that several measures use are computed once, on first use.
 * Not thread-safe.
 */
public final class ScaledMap {

  /** Longer side of the comparison grid in pixels: that of the image that most networks see. */
  public static final int GRID = 224;

  /** Share of the pixels that {@link StandardMeasure#TOPK} takes: the largest values. */
  private static final double TOP = 0.05;

  /** Relative range up to which a map counts as constant: float32's noise. */
  private static final double CONSTANT = 1e-7;

  /** What {@link StandardMeasure#KLD} adds lest it divides by zero or takes its logarithm. */
  private static final double EPS = 2.2204e-16;

  /** A share of the sum beside which eps is small. */
  private static final double SMALL = 1e-10;

  private final GridMemory memory;
  private final int height;
  private final int width;
  private double[] values;
  private final MapStatus status;
  private final int peak;
  private final Optional<BitSet> mask;
  private double sum;
  private double deviation;
  private double[] logarithms;
  private double negentropy = Double.NaN;
  private double[] ranks;
  private BitSet top;

  private ScaledMap(
      GridMemory memory,
      Rectangle cells,
      double[] values,
      MapStatus status,
      int peak,
      Optional<BitSet> mask) {
    this.memory = memory;
    this.height = cells.height();
    this.width = cells.width();
    this.values = values;
    this.status = status;
    this.peak = peak;
    this.mask = mask;
    if (status == MapStatus.OK) {
      summarize();
    }
  }

  /**
   * Stands for a map that has no values.
   *
   * @param status why it has none
   * @return a map without values
   */
  public static ScaledMap without(MapStatus status) {
    return new ScaledMap(
        new GridMemory(), Rectangle.of(0, 0), new double[0], status, 0, Optional.empty());
  }

  /**
   * Makes a map comparable.
   *
   * @param map any map, also with negative values
   * @return the scaled map, or one without values if it is constant or not finite
   */
  public static ScaledMap of(Heatmap map) {
    return of(MapPart.whole(map));
  }

  /**
   * Makes the part of a map comparable that is seen.
   *
   * @param part any map, also with negative values, and what is seen of it
   * @return the scaled part, or one without values if the map is constant or not finite, or the
   *     part is constant
   */
  public static ScaledMap of(MapPart part) {
    return of(part, new GridMemory());
  }

  /**
   * Makes a part of a map comparable as {@link #of(MapPart)} does, in memory that others have used.
   *
   * @param part any map, also with negative values, and what is seen of it
   * @param memory where the values are to lie; see {@link #release}
   * @return the scaled part, or one without values
   */
  public static ScaledMap of(MapPart part, GridMemory memory) {
    return of(part, Grid.SQUARE, memory);
  }

  /**
   * Makes a part of a map comparable on the grid of a network's input, in memory that others have
   * used. Only the cells that show the picture count.
   *
   * @param part any map, also with negative values, and the part of it that the input shows
   * @param grid the grid
   * @param memory where the values are to lie; see {@link #release}
   * @return the scaled part, or one without values
   */
  public static ScaledMap of(MapPart part, Grid grid, GridMemory memory) {
    Heatmap map = part.map();
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    float[] cells = map.values();
    for (int i = 0; i < cells.length; i++) {
      if (!Float.isFinite(cells[i])) {
        return without(MapStatus.NOT_FINITE);
      }
      min = Math.min(min, cells[i]);
      max = Math.max(max, cells[i]);
    }
    if ((double) max - min <= CONSTANT * Math.max(Math.abs(max), Math.abs(min))) {
      return without(max == 0 && min == 0 ? MapStatus.VANISHED : MapStatus.CONSTANT);
    }
    Rectangle seen = grid.cells();
    if (seen.area() == 0) {
      return without(MapStatus.EMPTY);
    }
    double[] values = memory.take(seen.area());
    if (seen.area() == grid.height() * grid.width()) {
      part.resample(grid.height(), grid.width(), values);
    } else {
      cut(part.resample(grid.height(), grid.width()), grid.width(), seen, values);
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double v : values) {
      low = v < low ? v : low;
      high = v > high ? v : high;
    }
    if (low == high) {
      memory.give(values);
      return without(MapStatus.CONSTANT);
    }
    double range = high - low;
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - low) / range;
    }
    int peak = part.region().equals(Region.WHOLE) ? peak(map, grid) : largest(values);
    return new ScaledMap(memory, seen, values, MapStatus.OK, peak, Optional.empty());
  }

  private static void cut(double[] all, int columns, Rectangle seen, double[] out) {
    for (int y = 0; y < seen.height(); y++) {
      int from = (seen.top() + y) * columns + seen.left();
      System.arraycopy(all, from, out, y * seen.width(), seen.width());
    }
  }

  /**
   * The centre of the largest native cell in the picture: on the grid, a corner cell's peak lies on
   * the edge.
   */
  private static int peak(Heatmap map, Grid grid) {
    Rectangle own = grid.cells(map.height(), map.width());
    int largest = -1;
    for (int i = 0; i < map.values().length; i++) {
      if (own.contains(i / map.width(), i % map.width())
          && (largest < 0 || map.values()[i] > map.values()[largest])) {
        largest = i;
      }
    }
    largest = Math.max(largest, 0);
    Rectangle seen = grid.cells();
    int y = (2 * (largest / map.width()) + 1) * grid.height() / (2 * map.height()) - seen.top();
    int x = (2 * (largest % map.width()) + 1) * grid.width() / (2 * map.width()) - seen.left();
    return Math.max(0, Math.min(seen.height() - 1, y)) * seen.width()
        + Math.max(0, Math.min(seen.width() - 1, x));
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }

  /**
   * Takes a mask as a map: 1 on the object, 0 off it.
   *
   * @param mask of any size; a pixel of the grid is what the mask is at its centre
   * @return the map, without values if nothing or all is the object's
   */
  public static ScaledMap of(Mask mask) {
    return of(mask, Grid.SQUARE);
  }

  /**
   * Takes a mask of a network's input as a map on its grid: 1 on the object, 0 off it.
   *
   * @param mask of any size; a pixel of the grid is what the mask is at its centre
   * @param grid the grid; only the cells that show the picture count
   * @return the map, without values if nothing or all is the object's
   */
  public static ScaledMap of(Mask mask, Grid grid) {
    Rectangle seen = grid.cells();
    BitSet bits = new BitSet();
    for (int i = 0; i < seen.area(); i++) {
      int row = seen.top() + i / seen.width();
      int column = seen.left() + i % seen.width();
      int y = (2 * row + 1) * mask.height() / (2 * grid.height());
      int x = (2 * column + 1) * mask.width() / (2 * grid.width());
      bits.set(i, mask.bits().get(y * mask.width() + x));
    }
    double[] values = new double[seen.area()];
    bits.stream().forEach(i -> values[i] = 1);
    MapStatus status =
        bits.isEmpty()
            ? MapStatus.EMPTY
            : bits.cardinality() == values.length ? MapStatus.CONSTANT : MapStatus.OK;
    return new ScaledMap(
        new GridMemory(), seen, values, status, bits.nextSetBit(0), Optional.of(bits));
  }

  private void summarize() {
    sum = Sums.of(values);
    double mean = mean();
    deviation = Math.sqrt(Sums.deviations(values, mean, values, mean) / values.length);
  }

  /** Gives the memory back in which the map's values lie: nothing may be asked of it any more. */
  public void release() {
    for (double[] grid : new double[][] {values, logarithms}) {
      if (grid != null && grid.length > 0) {
        memory.give(grid);
      }
    }
    values = null;
    logarithms = null;
  }

  /** {@return the number of rows of {@link #values}; 0 if there are none} */
  public int height() {
    return height;
  }

  /** {@return the number of columns of {@link #values}; 0 if there are none} */
  public int width() {
    return width;
  }

  /** {@return whether the map has values, and if not, why} */
  public MapStatus status() {
    return status;
  }

  /**
   * {@return the scaled values, row by row, in [0, 1]; empty if the map has none. The array is
   * shared: do not change it}
   */
  public double[] values() {
    return values;
  }

  /** {@return the sum of the values} */
  public double sum() {
    return sum;
  }

  /** {@return the mean of the values} */
  public double mean() {
    return sum / values.length;
  }

  /** {@return the population standard deviation of the values} */
  public double deviation() {
    return deviation;
  }

  /** ln(P + eps) of each pixel's share P of the sum. */
  double[] logarithms() {
    if (logarithms == null) {
      logarithms = memory.take(values.length);
      for (int i = 0; i < logarithms.length; i++) {
        logarithms[i] = values[i] / sum + EPS;
      }
      // A loop of its own: the one above becomes vector instructions.
      for (int i = 0; i < logarithms.length; i++) {
        logarithms[i] = Logarithm.of(logarithms[i]);
      }
    }
    return logarithms;
  }

  /**
   * Sum of P ln P over the pixels' shares P of the sum, 0 ln 0 being 0.
   *
   * <p>P ln P = P ln(P + eps) - P ln(1 + eps / P), of which the second is eps for all but the
   * smallest P: it differs from that by eps^2 / (2 P), below 3e-22. For those it is P ln(P + eps) -
   * P ln P.
   */
  double negentropy() {
    if (Double.isNaN(negentropy)) {
      double[] logs = logarithms();
      double least = SMALL * sum;
      double excess = 0;
      for (int i = 0; i < values.length; i++) {
        if (values[i] > least) {
          excess += EPS;
        } else if (values[i] > 0) {
          double share = values[i] / sum;
          excess += share * (logs[i] - Logarithm.of(share));
        }
      }
      negentropy = Sums.products(values, logs) / sum - excess;
    }
    return negentropy;
  }

  /**
   * Index of the pixel at the centre of the largest native cell, the first if several are equal; of
   * the largest pixel where a part of a map is seen, for the largest cell may lie outside.
   *
   * @return an index into {@link #values}
   */
  public int peak() {
    return peak;
  }

  /** {@return the object's pixels, if this is a mask} */
  public Optional<BitSet> mask() {
    return mask;
  }

  /** {@return the values' ranks, from 1; equal values share the mean of their ranks} */
  public double[] ranks() {
    if (ranks == null) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      ranks = new double[values.length];
      for (int i = 0; i < ranks.length; i++) {
        ranks[i] = (first(sorted, values[i], false) + 1 + first(sorted, values[i], true)) / 2.0;
      }
    }
    return ranks;
  }

  /** How many sorted values are smaller than a value, or not larger. */
  private static int first(double[] sorted, double value, boolean above) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || (above && sorted[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The 5 % largest pixels; of equal values, those with the lower index first. */
  BitSet top() {
    if (top == null) {
      top = new BitSet();
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int count = (int) Math.ceil(TOP * sorted.length);
      double least = sorted[sorted.length - count];
      IntStream.range(0, values.length).filter(i -> values[i] > least).forEach(top::set);
      IntStream.range(0, values.length)
          .filter(i -> values[i] == least)
          .limit(count - top.cardinality())
          .forEach(top::set);
    }
    return top;
  }
}
