package org.bitgaze.transforms;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * Sums all measures of all comparisons up in one table. It does not grow with the number of images:
 * some hundred sums, or, where a network is looked at layer by layer, some thousand. (A runner that
 * makes a bundle of each key spends a hundred times longer on as many keys.)
 */
final class SummaryTableFn
    extends CombineFn<Comparison, Map<SummaryKey, StatisticsFn.Moments>, SummaryState> {
  private static final long serialVersionUID = 1L;
  private static final StatisticsFn EACH = new StatisticsFn();

  private final Set<Measure> measures;
  private final VanishedMaps vanished;

  SummaryTableFn(Set<Measure> measures, VanishedMaps vanished) {
    this.measures = measures;
    this.vanished = vanished;
  }

  @Override
  public Map<SummaryKey, StatisticsFn.Moments> createAccumulator() {
    return new HashMap<>();
  }

  @Override
  public Map<SummaryKey, StatisticsFn.Moments> addInput(
      Map<SummaryKey, StatisticsFn.Moments> table, Comparison row) {
    Reference reference = Reference.of(row.getReference());
    for (Measure measure : measures) {
      if (measure.appliesTo(reference)) {
        SummaryKey key =
            SummaryKey.of(row.getModel(), row.getPrecision(), row.getReference(), measure.id());
        table.put(
            key,
            EACH.addInput(
                table.computeIfAbsent(key, k -> EACH.createAccumulator()), value(row, measure)));
      }
    }
    return table;
  }

  private double value(Comparison row, Measure measure) {
    Map<String, Double> values = row.getMeasures();
    boolean vanishedAlone =
        row.getMapStatus().isVanished() && row.getReferenceStatus() == MapStatus.OK;
    double otherwise = vanishedAlone ? vanished.value(measure).orElse(Double.NaN) : Double.NaN;
    return values.getOrDefault(measure.id(), otherwise);
  }

  @Override
  public Map<SummaryKey, StatisticsFn.Moments> mergeAccumulators(
      Iterable<Map<SummaryKey, StatisticsFn.Moments>> tables) {
    Map<SummaryKey, StatisticsFn.Moments> merged = new HashMap<>();
    tables.forEach(table -> SummaryState.mergeInto(merged, table));
    return merged;
  }

  @Override
  public SummaryState extractOutput(Map<SummaryKey, StatisticsFn.Moments> table) {
    return new SummaryState(table);
  }

  @Override
  public Coder<Map<SummaryKey, StatisticsFn.Moments>> getAccumulatorCoder(
      CoderRegistry registry, Coder<Comparison> inputCoder) {
    return SummaryState.tableCoder();
  }

  @Override
  public Coder<SummaryState> getDefaultOutputCoder(
      CoderRegistry registry, Coder<Comparison> inputCoder) {
    return SummaryState.CODER;
  }
}
