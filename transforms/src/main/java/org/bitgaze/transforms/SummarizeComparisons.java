package org.bitgaze.transforms;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Sums comparisons up per network, precision, reference and measure. The network's answers
 * (accuracy against labels, flips against f32) are counted once per image, network and precision.
 */
public final class SummarizeComparisons
    extends PTransform<PCollection<Comparison>, PCollection<KV<SummaryKey, Statistics>>> {
  private static final long serialVersionUID = 1L;

  private SummarizeComparisons() {}

  /**
   * Returns the transform.
   *
   * @return the transform
   */
  public static SummarizeComparisons create() {
    return new SummarizeComparisons();
  }

  @Override
  public PCollection<KV<SummaryKey, Statistics>> expand(PCollection<Comparison> comparisons) {
    Coder<SummaryKey> keys = schemaCoder(comparisons, SummaryKey.class);
    return comparisons
        .apply("Measures", ParDo.of(new MeasuresFn()))
        .setCoder(KvCoder.of(keys, DoubleCoder.of()))
        .apply("Summarize", Combine.perKey(new StatisticsFn()))
        .setCoder(KvCoder.of(keys, schemaCoder(comparisons, Statistics.class)));
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

    @ProcessElement
    public void process(@Element Comparison row, OutputReceiver<KV<SummaryKey, Double>> out) {
      output(out, row, row.getReference(), SummaryKey.SIM, row.getSim());
      output(out, row, row.getReference(), SummaryKey.CC, row.getCc());
      output(out, row, row.getReference(), SummaryKey.KLD, row.getKld());
      if (row.getReference().equals(Comparison.MASK)) {
        Boolean hit = row.getPointing();
        output(
            out, row, Comparison.MASK, SummaryKey.POINTING, hit == null ? null : hit ? 1.0 : 0.0);
        output(out, row, Comparison.MASK, SummaryKey.ENERGY, row.getEnergy());
      }
      // Every map is compared with saliency once, so these rows stand for the network's answers.
      if (row.getReference().equals(Comparison.SALIENCY)) {
        if (row.getLabel() != null) {
          boolean right = row.getLabel() == row.getPredictedClass();
          output(out, row, SummaryKey.LABEL, SummaryKey.TOP1, right ? 1.0 : 0.0);
        }
        if (!row.getPrecision().equals(Comparison.F32)) {
          output(out, row, Comparison.F32, SummaryKey.FLIP, row.getFlipped() ? 1.0 : 0.0);
        }
      }
    }

    private static void output(
        OutputReceiver<KV<SummaryKey, Double>> out,
        Comparison row,
        String reference,
        String metric,
        Double value) {
      SummaryKey key = SummaryKey.of(row.getNetwork(), row.getPrecision(), reference, metric);
      out.output(KV.of(key, value == null ? Double.NaN : value));
    }
  }
}
