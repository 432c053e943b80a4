package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.bitgaze.transforms.values.Statistics;
import org.junit.jupiter.api.Test;

class StatisticsFnTest {
  private final StatisticsFn fn = new StatisticsFn();

  /**
   * Whatever the split, the order and the encoding on the way, the statistics are those of the
   * whole.
   */
  @Property(tries = 300)
  void anySplitAndMergeOrderGivesTheSame(
      @ForAll @Size(min = 2, max = 60) List<@DoubleRange(min = -1, max = 3) Double> values,
      @ForAll long seed)
      throws Exception {
    Random random = new Random(seed);
    List<Double> shuffled = new ArrayList<>(values);
    shuffled.add(Double.NaN);
    Collections.shuffle(shuffled, random);
    List<StatisticsFn.Moments> parts = new ArrayList<>();
    Coder<StatisticsFn.Moments> coder = fn.getAccumulatorCoder(null, null);
    for (Double value : shuffled) {
      if (parts.isEmpty() || random.nextInt(3) == 0) {
        parts.add(fn.createAccumulator());
      }
      int i = random.nextInt(parts.size());
      parts.set(i, fn.addInput(CoderUtils.clone(coder, parts.get(i)), value));
    }
    while (parts.size() > 1) {
      StatisticsFn.Moments a = parts.remove(random.nextInt(parts.size()));
      StatisticsFn.Moments b = parts.remove(random.nextInt(parts.size()));
      parts.add(fn.mergeAccumulators(List.of(a, fn.createAccumulator(), b)));
    }
    Statistics found = fn.extractOutput(parts.get(0));

    DescriptiveStatistics expected = new DescriptiveStatistics();
    values.forEach(expected::addValue);
    assertEquals(values.size(), found.getCount());
    assertEquals(1, found.getDegenerate());
    assertEquals(expected.getMean(), found.getMean(), 1e-12);
    assertEquals(expected.getStandardDeviation(), found.getStd(), 1e-9);
    assertEquals(expected.getMin(), found.getMin());
    assertEquals(expected.getMax(), found.getMax());
    // To the last bit, in the order in which the values were made.
    StatisticsFn.Moments whole = fn.addInput(fn.createAccumulator(), Double.NaN);
    values.forEach(v -> fn.addInput(whole, v));
    assertEquals(fn.extractOutput(whole), found);
  }

  @Test
  void quartilesAreAccurate() {
    StatisticsFn.Moments moments = fn.createAccumulator();
    double[] values = new Random(1).doubles(1001, -1, 1).toArray();
    Arrays.stream(values).forEach(v -> fn.addInput(moments, v));
    Arrays.sort(values);
    Statistics s = fn.extractOutput(moments);
    assertEquals(values[250], s.getQ1(), 0.001 * Math.abs(values[250]));
    assertEquals(values[500], s.getMedian(), 0.001 * Math.abs(values[500]));
    assertEquals(values[750], s.getQ3(), 0.001 * Math.abs(values[750]));
  }

  @Test
  void confidenceIntervalByTable() {
    StatisticsFn.Moments moments = fn.createAccumulator();
    for (double v : new double[] {1, 2, 3, 4}) {
      fn.addInput(moments, v);
    }
    // t(0.975, 3) = 3.182, s = 1.29099, sqrt(4) = 2.
    assertEquals(3.182446 * 1.2909944 / 2, fn.extractOutput(moments).ci95(), 1e-5);
  }

  @Test
  void nothingHasNoStatistics() {
    StatisticsFn.Moments moments = fn.addInput(fn.createAccumulator(), Double.NaN);
    Statistics s = fn.extractOutput(moments);
    assertEquals(0, s.getCount());
    assertEquals(1, s.getDegenerate());
    assertNull(s.getMean());
    assertNull(s.ci95());
    assertNull(fn.extractOutput(fn.addInput(moments, 3.0)).getStd());
  }
}
