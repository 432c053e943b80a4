package org.bitgaze.transforms;

import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.quant.Range;

/** Widens ranges to hold all of those given. */
public final class MinMaxRangesFn
    extends CombineFn<Map<String, Range>, Map<String, Range>, Map<String, Range>> {
  private static final long serialVersionUID = 1L;

  @Override
  public Map<String, Range> createAccumulator() {
    return new TreeMap<>();
  }

  @Override
  public Map<String, Range> addInput(Map<String, Range> accumulator, Map<String, Range> input) {
    input.forEach((point, range) -> accumulator.merge(point, range, MinMaxRangesFn::widen));
    return accumulator;
  }

  @Override
  public Map<String, Range> mergeAccumulators(Iterable<Map<String, Range>> accumulators) {
    Map<String, Range> merged = createAccumulator();
    accumulators.forEach(accumulator -> addInput(merged, accumulator));
    return merged;
  }

  @Override
  public Map<String, Range> extractOutput(Map<String, Range> accumulator) {
    return accumulator;
  }

  @Override
  public Coder<Map<String, Range>> getAccumulatorCoder(
      CoderRegistry registry, Coder<Map<String, Range>> inputCoder) {
    return RangesCoder.of();
  }

  private static Range widen(Range a, Range b) {
    return new Range(Math.min(a.min(), b.min()), Math.max(a.max(), b.max()));
  }
}
