package org.bitgaze.transforms;

import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * Sums all measures of all comparisons up in one table. It does not grow with the number of images:
 * some hundred sums, or, where a network is looked at layer by layer, some thousand. (A runner that
 * makes a bundle of each key spends a hundred times longer on as many keys.) Detections that are
 * compared with labels are the exception, see {@link SummaryState}.
 */
final class SummaryTableFn extends CombineFn<Comparison, SummaryState, SummaryState> {
  private static final long serialVersionUID = 1L;

  private final Set<Measure> measures;
  private final VanishedMaps vanished;

  SummaryTableFn(Set<Measure> measures, VanishedMaps vanished) {
    this.measures = measures;
    this.vanished = vanished;
  }

  @Override
  public SummaryState createAccumulator() {
    return new SummaryState();
  }

  @Override
  public SummaryState addInput(SummaryState state, Comparison row) {
    Reference reference = Reference.of(row.getReference());
    for (Measure measure : measures) {
      if (measure.appliesTo(reference)) {
        state.add(key(row, measure), value(row, measure));
      }
    }
    if (row.getMatches() != null) {
      state.add(key(row, StandardMeasure.MAP50), row.getKey(), row.getMatches());
    }
    return state;
  }

  private static SummaryKey key(Comparison row, Measure measure) {
    return SummaryKey.of(row.getModel(), row.getPrecision(), row.getReference(), measure.id());
  }

  private double value(Comparison row, Measure measure) {
    Map<String, Double> values = row.getMeasures();
    boolean vanishedAlone =
        row.getMapStatus().isVanished() && row.getReferenceStatus() == MapStatus.OK;
    double otherwise = vanishedAlone ? vanished.value(measure).orElse(Double.NaN) : Double.NaN;
    return values.getOrDefault(measure.id(), otherwise);
  }

  @Override
  public SummaryState mergeAccumulators(Iterable<SummaryState> states) {
    return SummaryState.merge(states);
  }

  @Override
  public SummaryState extractOutput(SummaryState state) {
    return state;
  }

  @Override
  public Coder<SummaryState> getAccumulatorCoder(
      CoderRegistry registry, Coder<Comparison> inputCoder) {
    return SummaryState.CODER;
  }

  @Override
  public Coder<SummaryState> getDefaultOutputCoder(
      CoderRegistry registry, Coder<Comparison> inputCoder) {
    return SummaryState.CODER;
  }
}
