package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.quant.Histogram;
import org.bitgaze.quant.Range;

/** Histograms of several models' activations over some images. */
final class CountedValues implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, TreeMap<String, Histogram>> models = new TreeMap<>();

  /** {@return a model's histograms by quantization point; empty without images} */
  Map<String, Histogram> of(String model) {
    return models.getOrDefault(model, new TreeMap<>());
  }

  /** Adds a model's values. */
  void add(String model, Map<String, Histogram> histograms) {
    TreeMap<String, Histogram> own = models.computeIfAbsent(model, m -> new TreeMap<>());
    histograms.forEach(
        (point, h) ->
            own.computeIfAbsent(point, p -> new Histogram(new Range(h.low(), h.high()))).add(h));
  }

  /** Adds the histograms of images. */
  static final class SumFn extends CombineFn<CountedValues, CountedValues, CountedValues> {
    private static final long serialVersionUID = 1L;

    @Override
    public CountedValues createAccumulator() {
      return new CountedValues();
    }

    @Override
    public CountedValues addInput(CountedValues sum, CountedValues values) {
      values.models.forEach(sum::add);
      return sum;
    }

    @Override
    public CountedValues mergeAccumulators(Iterable<CountedValues> accumulators) {
      CountedValues merged = new CountedValues();
      accumulators.forEach(sum -> sum.models.forEach(merged::add));
      return merged;
    }

    @Override
    public CountedValues extractOutput(CountedValues sum) {
      return sum;
    }

    @Override
    public Coder<CountedValues> getAccumulatorCoder(
        CoderRegistry registry, Coder<CountedValues> inputCoder) {
      return SerializableCoder.of(CountedValues.class);
    }
  }
}
