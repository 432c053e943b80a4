package org.bitgaze.transforms;

import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.image.RgbImage;
import org.bitgaze.program.CamProgram;

/**
 * Says which class the full-precision network explains: its own top-1, or the image's label. An
 * image without the label it needs goes to {@link #REJECTS}.
 */
public final class AssignTargets
    extends PTransform<PCollection<KV<String, RgbImage>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** Images with the class to explain, by key. */
  public static final TupleTag<KV<String, TargetedImage>> TARGETED = new TupleTag<>("targeted") {};

  /** Images whose label is wanted and unknown. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("targetRejects") {};

  @Nullable private final PCollectionView<Map<String, Integer>> labels;

  private AssignTargets(@Nullable PCollectionView<Map<String, Integer>> labels) {
    this.labels = labels;
  }

  /**
   * Explains each network's own top-1.
   *
   * @return a transform with the outputs {@link #TARGETED} and {@link #REJECTS}
   */
  public static AssignTargets own() {
    return new AssignTargets(null);
  }

  /**
   * Explains the label.
   *
   * @param labels image key to class index
   * @return a transform with the outputs {@link #TARGETED} and {@link #REJECTS}
   */
  public static AssignTargets labels(PCollectionView<Map<String, Integer>> labels) {
    return new AssignTargets(labels);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, RgbImage>> images) {
    ParDo.SingleOutput<KV<String, RgbImage>, KV<String, TargetedImage>> parDo =
        ParDo.of(new TargetFn(labels));
    if (labels != null) {
      parDo = parDo.withSideInputs(labels);
    }
    PCollectionTuple out =
        images.apply("Target", parDo.withOutputTags(TARGETED, TupleTagList.of(REJECTS)));
    out.get(TARGETED).setCoder(KvCoder.of(StringUtf8Coder.of(), TargetedImageCoder.of()));
    return out;
  }

  private static final class TargetFn
      extends DoFn<KV<String, RgbImage>, KV<String, TargetedImage>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTED);
    @Nullable private final PCollectionView<Map<String, Integer>> labels;

    TargetFn(@Nullable PCollectionView<Map<String, Integer>> labels) {
      this.labels = labels;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      String key = c.element().getKey();
      Integer target =
          labels == null ? Integer.valueOf(CamProgram.OWN_CLASS) : c.sideInput(labels).get(key);
      if (target == null) {
        c.output(REJECTS, Reject.of(key, "no label"));
        rejected.inc();
      } else {
        c.output(KV.of(key, new TargetedImage(c.element().getValue(), target)));
      }
    }
  }
}
