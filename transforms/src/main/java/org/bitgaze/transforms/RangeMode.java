package org.bitgaze.transforms;

import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.quant.Range;

/** Where the ranges of quantized activations come from. */
public enum RangeMode {
  /** The smallest and the largest value over the calibration images. */
  MINMAX {
    @Override
    public CombineFn<Map<String, Range>, ?, Map<String, Range>> combineFn() {
      return new MinMaxRangesFn();
    }
  },
  /**
   * The mean of the calibration images' minima and the mean of their maxima: what PyTorch's
   * moving-average observer tends to, without depending on the images' order.
   */
  AVERAGED {
    @Override
    public CombineFn<Map<String, Range>, ?, Map<String, Range>> combineFn() {
      return new AveragedRangesFn();
    }
  },
  /** Each image's own extremes, computed inside the program; nothing is calibrated. */
  DYNAMIC {
    @Override
    public CombineFn<Map<String, Range>, ?, Map<String, Range>> combineFn() {
      throw new IllegalStateException("dynamic ranges are not calibrated");
    }
  };

  /**
   * Returns what combines the images' extremes.
   *
   * @return a function whose result depends on nothing but the set of its inputs
   * @throws IllegalStateException for {@link #DYNAMIC}
   */
  public abstract CombineFn<Map<String, Range>, ?, Map<String, Range>> combineFn();

  /** Returns the name that {@link #of} parses. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a mode by name.
   *
   * @param name such as {@code minmax}
   * @return the mode
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static RangeMode of(String name) {
    return ModeNames.find(values(), "ranges", name);
  }
}
