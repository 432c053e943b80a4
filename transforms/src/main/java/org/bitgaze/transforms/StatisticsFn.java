package org.bitgaze.transforms;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.SparseStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/**
 * Sums up values. NaN stands for a degenerate comparison and is only counted. Mean and variance
 * follow Chan, Golub and LeVeque's parallel update (1979); quartiles come from a DDSketch, whose
 * buckets only count, so that they do not depend on the order of values or merges at all.
 */
public final class StatisticsFn extends CombineFn<Double, StatisticsFn.Moments, Statistics> {
  private static final long serialVersionUID = 1L;

  /** Relative accuracy of the quartiles. */
  static final double ACCURACY = 0.001;

  /** Count, mean, sum of squared deviations, extremes and a sketch of the values seen so far. */
  static final class Moments {
    private long count;
    private long degenerate;
    private double mean;
    private double squares;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private DDSketch sketch = new DDSketch(new LogarithmicMapping(ACCURACY), SparseStore::new);

    private void add(double value) {
      if (Double.isNaN(value)) {
        degenerate++;
        return;
      }
      count++;
      double delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
      min = Math.min(min, value);
      max = Math.max(max, value);
      sketch.accept(value);
    }

    private void merge(Moments other) {
      degenerate += other.degenerate;
      if (other.count == 0) {
        return;
      }
      long total = count + other.count;
      double delta = other.mean - mean;
      squares += other.squares + delta * delta * ((double) count * other.count / total);
      mean += delta * other.count / total;
      count = total;
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
      sketch.mergeWith(other.sketch);
    }
  }

  @Override
  public Moments createAccumulator() {
    return new Moments();
  }

  @Override
  public Moments addInput(Moments moments, Double value) {
    moments.add(value);
    return moments;
  }

  @Override
  public Moments mergeAccumulators(Iterable<Moments> accumulators) {
    Moments merged = new Moments();
    accumulators.forEach(merged::merge);
    return merged;
  }

  @Override
  public Statistics extractOutput(Moments m) {
    Statistics.Builder s = Statistics.builder().setCount(m.count).setDegenerate(m.degenerate);
    if (m.count > 0) {
      s.setMean(m.mean)
          .setMin(m.min)
          .setQ1(quantile(m, 0.25))
          .setMedian(quantile(m, 0.5))
          .setQ3(quantile(m, 0.75))
          .setMax(m.max);
    }
    if (m.count > 1) {
      s.setStd(Math.sqrt(m.squares / (m.count - 1)));
    }
    return s.build();
  }

  @Override
  public Coder<Moments> getAccumulatorCoder(CoderRegistry registry, Coder<Double> inputCoder) {
    return new MomentsCoder();
  }

  /** A bucket's middle may lie outside the values that are in it. */
  private static double quantile(Moments m, double q) {
    return Math.max(m.min, Math.min(m.max, m.sketch.getValueAtQuantile(q)));
  }

  private static final class MomentsCoder extends AtomicCoder<Moments> {
    private static final long serialVersionUID = 1L;
    private static final VarLongCoder LONG = VarLongCoder.of();
    private static final DoubleCoder DOUBLE = DoubleCoder.of();
    private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

    @Override
    public void encode(Moments m, OutputStream out) throws IOException {
      LONG.encode(m.count, out);
      LONG.encode(m.degenerate, out);
      DOUBLE.encode(m.mean, out);
      DOUBLE.encode(m.squares, out);
      DOUBLE.encode(m.min, out);
      DOUBLE.encode(m.max, out);
      GrowingByteArrayOutput bytes = GrowingByteArrayOutput.withDefaultInitialCapacity();
      m.sketch.encode(bytes, false);
      BYTES.encode(bytes.trimmedCopy(), out);
    }

    @Override
    public Moments decode(InputStream in) throws IOException {
      Moments m = new Moments();
      m.count = LONG.decode(in);
      m.degenerate = LONG.decode(in);
      m.mean = DOUBLE.decode(in);
      m.squares = DOUBLE.decode(in);
      m.min = DOUBLE.decode(in);
      m.max = DOUBLE.decode(in);
      m.sketch = DDSketch.decode(ByteArrayInput.wrap(BYTES.decode(in)), SparseStore::new);
      return m;
    }
  }
}
