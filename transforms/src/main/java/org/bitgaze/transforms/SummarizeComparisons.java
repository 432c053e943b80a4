package org.bitgaze.transforms;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/** Sums comparisons up per model, precision, reference and measure. */
public final class SummarizeComparisons
    extends PTransform<PCollection<Comparison>, PCollection<KV<SummaryKey, Statistics>>> {
  private static final long serialVersionUID = 1L;
  private final EnumSet<Measure> measures;
  private final VanishedMaps vanished;

  private SummarizeComparisons(Set<Measure> measures, VanishedMaps vanished) {
    this.measures = EnumSet.copyOf(measures);
    this.vanished = vanished;
  }

  /**
   * Sums up the usual measures.
   *
   * @return the transform
   */
  public static SummarizeComparisons create() {
    return new SummarizeComparisons(Measure.withAnswers(Measure.defaults()), VanishedMaps.EXCLUDE);
  }

  /**
   * Says what was measured, so that comparisons without a value are counted.
   *
   * @param chosen what the comparisons' maps were measured by
   * @return a new transform
   */
  public SummarizeComparisons measuring(Set<Measure> chosen) {
    return new SummarizeComparisons(Measure.withAnswers(chosen), vanished);
  }

  /**
   * Says what maps that vanished count as.
   *
   * @param maps what is done with them
   * @return a new transform
   */
  public SummarizeComparisons counting(VanishedMaps maps) {
    return new SummarizeComparisons(measures, maps);
  }

  @Override
  public PCollection<KV<SummaryKey, Statistics>> expand(PCollection<Comparison> comparisons) {
    Coder<SummaryKey> keys = schemaCoder(comparisons, SummaryKey.class);
    return comparisons
        .apply("Measures", ParDo.of(new MeasuresFn(measures, vanished)))
        .setCoder(KvCoder.of(keys, DoubleCoder.of()))
        .apply("Summarize", Combine.perKey(new StatisticsFn()))
        .setCoder(KvCoder.of(keys, schemaCoder(comparisons, Statistics.class)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("measures", measures.toString()))
        .add(DisplayData.item("vanished", vanished.id()));
  }

  /** Beam infers schemas of elements, but not of what is inside a KV. */
  private static <T> Coder<T> schemaCoder(PCollection<?> near, Class<T> type) {
    try {
      return near.getPipeline().getSchemaRegistry().getSchemaCoder(type);
    } catch (NoSuchSchemaException e) {
      throw new IllegalStateException(type + " has a schema", e);
    }
  }

  private static final class MeasuresFn extends DoFn<Comparison, KV<SummaryKey, Double>> {
    private static final long serialVersionUID = 1L;
    private final EnumSet<Measure> measures;
    private final VanishedMaps vanished;

    MeasuresFn(EnumSet<Measure> measures, VanishedMaps vanished) {
      this.measures = measures;
      this.vanished = vanished;
    }

    @ProcessElement
    public void process(@Element Comparison row, OutputReceiver<KV<SummaryKey, Double>> out) {
      Reference reference = Reference.of(row.getReference());
      for (Measure measure : measures) {
        if (measure.appliesTo(reference)) {
          out.output(
              KV.of(
                  SummaryKey.of(
                      row.getModel(), row.getPrecision(), row.getReference(), measure.id()),
                  value(row, measure)));
        }
      }
    }

    private double value(Comparison row, Measure measure) {
      Map<String, Double> values = row.getMeasures();
      String problem = row.getDegenerate();
      boolean alone = problem != null && Measure.isOfMapAlone(problem, row.getReference());
      double otherwise =
          alone && values.getOrDefault(Measure.VANISHED.id(), 0.0) == 1
              ? vanished.value(measure).orElse(Double.NaN)
              : Double.NaN;
      return values.getOrDefault(measure.id(), otherwise);
    }
  }
}
