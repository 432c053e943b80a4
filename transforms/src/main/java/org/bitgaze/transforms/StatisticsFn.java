package org.bitgaze.transforms;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.SparseStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BigDecimalCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.transforms.values.Statistics;

/**
 * Sums up values. NaN stands for a degenerate comparison and is only counted. The sums of values
 * and of squares are exact and the quartiles come from a DDSketch, whose buckets only count:
 * nothing depends on the order of values or merges, not even in the last bit. (Chan's parallel
 * update of the variance, which needs no exact sums, leaves few digits the same where the deviation
 * is small against the mean.)
 */
public final class StatisticsFn extends CombineFn<Double, StatisticsFn.Moments, Statistics> {
  private static final long serialVersionUID = 1L;

  /** Relative accuracy of the quartiles. */
  static final double ACCURACY = 0.001;

  /** Count, exact sums, extremes and a sketch of the values seen so far. */
  static final class Moments {
    private long count;
    private long degenerate;
    private BigDecimal sum = BigDecimal.ZERO;
    private BigDecimal squares = BigDecimal.ZERO;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private DDSketch sketch = new DDSketch(new LogarithmicMapping(ACCURACY), SparseStore::new);

    private void add(double value) {
      if (Double.isNaN(value)) {
        degenerate++;
        return;
      }
      BigDecimal exact = new BigDecimal(value);
      count++;
      sum = sum.add(exact);
      squares = squares.add(exact.multiply(exact));
      min = Math.min(min, value);
      max = Math.max(max, value);
      sketch.accept(value);
    }

    private void merge(Moments other) {
      degenerate += other.degenerate;
      count += other.count;
      sum = sum.add(other.sum);
      squares = squares.add(other.squares);
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
      sketch.mergeWith(other.sketch);
    }

    private double mean() {
      return sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL64).doubleValue();
    }

    /** Sample standard deviation: sqrt((n sum(x^2) - sum(x)^2) / (n (n - 1))). */
    private double deviation() {
      BigDecimal n = BigDecimal.valueOf(count);
      BigDecimal spread = n.multiply(squares).subtract(sum.multiply(sum));
      BigDecimal pairs = n.multiply(BigDecimal.valueOf(count - 1));
      return Math.sqrt(spread.divide(pairs, MathContext.DECIMAL64).doubleValue());
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
      s.setMean(m.mean())
          .setMin(m.min)
          .setQ1(quantile(m, 0.25))
          .setMedian(quantile(m, 0.5))
          .setQ3(quantile(m, 0.75))
          .setMax(m.max);
    }
    if (m.count > 1) {
      s.setStd(m.deviation());
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
    private static final BigDecimalCoder EXACT = BigDecimalCoder.of();
    private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

    @Override
    public void encode(Moments m, OutputStream out) throws IOException {
      LONG.encode(m.count, out);
      LONG.encode(m.degenerate, out);
      EXACT.encode(m.sum, out);
      EXACT.encode(m.squares, out);
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
      m.sum = EXACT.decode(in);
      m.squares = EXACT.decode(in);
      m.min = DOUBLE.decode(in);
      m.max = DOUBLE.decode(in);
      m.sketch = DDSketch.decode(ByteArrayInput.wrap(BYTES.decode(in)), SparseStore::new);
      return m;
    }
  }
}
