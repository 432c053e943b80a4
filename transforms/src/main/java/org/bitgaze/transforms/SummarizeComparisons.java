package org.bitgaze.transforms;

import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.InferableFunction;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/** Summarizes comparisons per window, model, precision, reference and measure. */
public final class SummarizeComparisons
    extends PTransform<PCollection<Comparison>, PCollection<KV<SummaryKey, Statistics>>> {
  private static final long serialVersionUID = 1L;
  private final Set<Measure> measures;
  private final VanishedMaps vanished;

  private SummarizeComparisons(Set<Measure> measures, VanishedMaps vanished) {
    this.measures = MeasureCatalog.ordered(measures);
    this.vanished = vanished;
  }

  /**
   * Sums up the usual measures.
   *
   * @return the transform
   */
  public static SummarizeComparisons create() {
    return new SummarizeComparisons(
        MeasureCatalog.withAnswers(MeasureCatalog.defaults()), VanishedMaps.EXCLUDE);
  }

  /**
   * Says what was measured, so that comparisons without a value are counted.
   *
   * @param chosen what the comparisons' maps were measured by
   * @return a new transform
   */
  public SummarizeComparisons withMeasures(Set<? extends Measure> chosen) {
    return new SummarizeComparisons(MeasureCatalog.withAnswers(chosen), vanished);
  }

  /**
   * Says what maps that vanished count as.
   *
   * @param maps what is done with them
   * @return a new transform
   */
  public SummarizeComparisons withVanishedMaps(VanishedMaps maps) {
    return new SummarizeComparisons(measures, maps);
  }

  @Override
  public PCollection<KV<SummaryKey, Statistics>> expand(PCollection<Comparison> comparisons) {
    return lines(state(comparisons));
  }

  /** Sums up, and keeps what can be merged. */
  PCollection<SummaryState> state(PCollection<Comparison> comparisons) {
    Requirements.finiteWindows(comparisons, "SummarizeComparisons");
    return comparisons.apply(
        "Summarize", Combine.globally(new SummaryTableFn(measures, vanished)).withoutDefaults());
  }

  /** The statistics of a state. */
  static PCollection<KV<SummaryKey, Statistics>> lines(PCollection<SummaryState> state) {
    return state
        .apply("Each", FlatMapElements.via(new LinesFn()))
        .setCoder(
            KvCoder.of(
                BitgazeCoders.schema(SummaryKey.class), BitgazeCoders.schema(Statistics.class)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("measures", measures.toString()))
        .add(DisplayData.item("vanished", vanished.id()));
  }

  private static final class LinesFn
      extends InferableFunction<SummaryState, List<KV<SummaryKey, Statistics>>> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<KV<SummaryKey, Statistics>> apply(SummaryState state) {
      return state.statistics();
    }
  }
}
