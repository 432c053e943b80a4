package org.bitgaze.transforms;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.quant.Range;

/**
 * Averages minima and maxima. The sums are exact, so the order of the images cannot shift a
 * quantization step by a last bit.
 */
public final class AveragedRangesFn
    extends CombineFn<Map<String, Range>, AveragedRangesFn.Sums, Map<String, Range>> {
  private static final long serialVersionUID = 1L;

  /** Exact sums of the extremes at each point. */
  static final class Sums implements Serializable {
    private static final long serialVersionUID = 1L;
    private final TreeMap<String, BigDecimal> minima = new TreeMap<>();
    private final TreeMap<String, BigDecimal> maxima = new TreeMap<>();
    private final TreeMap<String, Long> counts = new TreeMap<>();

    private void add(String point, BigDecimal min, BigDecimal max, long count) {
      minima.merge(point, min, BigDecimal::add);
      maxima.merge(point, max, BigDecimal::add);
      counts.merge(point, count, Long::sum);
    }
  }

  @Override
  public Sums createAccumulator() {
    return new Sums();
  }

  @Override
  public Sums addInput(Sums sums, Map<String, Range> input) {
    input.forEach(
        (point, range) ->
            sums.add(point, new BigDecimal(range.min()), new BigDecimal(range.max()), 1));
    return sums;
  }

  @Override
  public Sums mergeAccumulators(Iterable<Sums> accumulators) {
    Sums merged = new Sums();
    for (Sums sums : accumulators) {
      sums.counts.forEach(
          (point, count) ->
              merged.add(point, sums.minima.get(point), sums.maxima.get(point), count));
    }
    return merged;
  }

  @Override
  public Map<String, Range> extractOutput(Sums sums) {
    Map<String, Range> ranges = new TreeMap<>();
    sums.counts.forEach(
        (point, count) -> {
          BigDecimal n = BigDecimal.valueOf(count);
          double min = sums.minima.get(point).divide(n, MathContext.DECIMAL64).doubleValue();
          double max = sums.maxima.get(point).divide(n, MathContext.DECIMAL64).doubleValue();
          ranges.put(point, new Range(min, max));
        });
    return ranges;
  }

  @Override
  public Coder<Sums> getAccumulatorCoder(
      CoderRegistry registry, Coder<Map<String, Range>> inputCoder) {
    return SerializableCoder.of(Sums.class);
  }
}
