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
import java.util.Arrays;
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
 * Computes statistics of values. NaN stands for a degenerate comparison and is only counted. The
 * sums of values and of squares are exact, and the quartiles come from a DDSketch, whose buckets
 * are counts. Therefore no result depends on the order of values or merges, not even in the last
 * bit. (Chan's parallel update of the variance does not need exact sums, but its result depends on
 * the order in most digits if the deviation is small compared with the mean.)
 */
public final class StatisticsFn extends CombineFn<Double, StatisticsFn.Moments, Statistics> {
  private static final long serialVersionUID = 1L;

  /** Relative accuracy of the quartiles. */
  static final double ACCURACY = 0.001;

  /** So many values are kept as they are before they are summed up. */
  private static final int FEW = 64;

  /**
   * Count, exact sums, extremes and a sketch of the values seen so far; and, not in these yet, the
   * last few values. A runner may make an accumulator for each value: such a one is a number.
   */
  static final class Moments {
    private double[] few = new double[1];
    private int waiting;
    private long degenerate;
    private Sums sums;

    private void add(double value) {
      if (Double.isNaN(value)) {
        degenerate++;
        return;
      }
      if (waiting == FEW) {
        fold();
      }
      if (waiting == few.length) {
        few = Arrays.copyOf(few, Math.min(FEW, 2 * few.length));
      }
      few[waiting++] = value;
    }

    private void fold() {
      if (sums == null) {
        sums = new Sums();
      }
      for (int i = 0; i < waiting; i++) {
        sums.add(few[i]);
      }
      waiting = 0;
    }

    private void merge(Moments other) {
      degenerate += other.degenerate;
      for (int i = 0; i < other.waiting; i++) {
        add(other.few[i]);
      }
      if (other.sums != null) {
        fold();
        sums.merge(other.sums);
      }
    }
  }

  /** What does not depend on the values' order, not even in the last bit. */
  private static final class Sums {
    private long count;
    private BigDecimal sum = BigDecimal.ZERO;
    private BigDecimal squares = BigDecimal.ZERO;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private DDSketch sketch = new DDSketch(new LogarithmicMapping(ACCURACY), SparseStore::new);

    private void add(double value) {
      BigDecimal exact = new BigDecimal(value);
      count++;
      sum = sum.add(exact);
      squares = squares.add(exact.multiply(exact));
      min = Math.min(min, value);
      max = Math.max(max, value);
      sketch.accept(value);
    }

    private void merge(Sums other) {
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

    /** A bucket's middle may lie outside the values that are in it. */
    private double quantile(double q) {
      return Math.max(min, Math.min(max, sketch.getValueAtQuantile(q)));
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
    m.fold();
    Sums sums = m.sums;
    Statistics.Builder s = Statistics.builder().setCount(sums.count).setDegenerate(m.degenerate);
    if (sums.count > 0) {
      s.setMean(sums.mean())
          .setMin(sums.min)
          .setQ1(sums.quantile(0.25))
          .setMedian(sums.quantile(0.5))
          .setQ3(sums.quantile(0.75))
          .setMax(sums.max);
    }
    if (sums.count > 1) {
      s.setStd(sums.deviation());
    }
    return s.build();
  }

  @Override
  public Coder<Moments> getAccumulatorCoder(CoderRegistry registry, Coder<Double> inputCoder) {
    return new MomentsCoder();
  }

  private static final class MomentsCoder extends AtomicCoder<Moments> {
    private static final long serialVersionUID = 1L;
    private static final VarLongCoder LONG = VarLongCoder.of();
    private static final DoubleCoder DOUBLE = DoubleCoder.of();
    private static final BigDecimalCoder EXACT = BigDecimalCoder.of();
    private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

    @Override
    public void encode(Moments m, OutputStream out) throws IOException {
      LONG.encode(m.degenerate, out);
      LONG.encode((long) m.waiting, out);
      for (int i = 0; i < m.waiting; i++) {
        DOUBLE.encode(m.few[i], out);
      }
      out.write(m.sums == null ? 0 : 1);
      if (m.sums != null) {
        encode(m.sums, out);
      }
    }

    private static void encode(Sums sums, OutputStream out) throws IOException {
      LONG.encode(sums.count, out);
      EXACT.encode(sums.sum, out);
      EXACT.encode(sums.squares, out);
      DOUBLE.encode(sums.min, out);
      DOUBLE.encode(sums.max, out);
      GrowingByteArrayOutput bytes = GrowingByteArrayOutput.withDefaultInitialCapacity();
      sums.sketch.encode(bytes, false);
      BYTES.encode(bytes.trimmedCopy(), out);
    }

    @Override
    public Moments decode(InputStream in) throws IOException {
      Moments m = new Moments();
      m.degenerate = LONG.decode(in);
      m.waiting = Math.toIntExact(LONG.decode(in));
      m.few = new double[Math.max(1, m.waiting)];
      for (int i = 0; i < m.waiting; i++) {
        m.few[i] = DOUBLE.decode(in);
      }
      if (in.read() == 1) {
        Sums sums = new Sums();
        sums.count = LONG.decode(in);
        sums.sum = EXACT.decode(in);
        sums.squares = EXACT.decode(in);
        sums.min = DOUBLE.decode(in);
        sums.max = DOUBLE.decode(in);
        sums.sketch = DDSketch.decode(ByteArrayInput.wrap(BYTES.decode(in)), SparseStore::new);
        m.sums = sums;
      }
      return m;
    }
  }
}
