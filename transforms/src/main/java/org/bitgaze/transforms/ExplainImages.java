package org.bitgaze.transforms;

import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Range;

/**
 * Computes the class activation maps of one network: first at full precision, which settles the
 * class, then at each integer precision.
 *
 * <pre>
 *   images -&gt; f32 -+-&gt; int16 -+-&gt; maps
 *                  +-&gt; int8  -+
 *                  +----------+
 * </pre>
 */
public final class ExplainImages
    extends PTransform<PCollection<KV<String, TargetedImage>>, PCollection<KV<String, CamMap>>> {
  private static final long serialVersionUID = 1L;
  private final ExplainOptions options;
  @Nullable private final PCollectionView<Map<String, Range>> ranges;

  private ExplainImages(
      ExplainOptions options, @Nullable PCollectionView<Map<String, Range>> ranges) {
    this.options = options;
    this.ranges = ranges;
  }

  /**
   * Explains with dynamic ranges, or at f32 only.
   *
   * @param options the network and how it is explained
   * @return the transform
   */
  public static ExplainImages with(ExplainOptions options) {
    return new ExplainImages(options, null);
  }

  /**
   * Explains with calibrated ranges.
   *
   * @param options the network and how it is explained
   * @param ranges what {@link CalibrateRanges} found
   * @return the transform
   */
  public static ExplainImages with(
      ExplainOptions options, PCollectionView<Map<String, Range>> ranges) {
    return new ExplainImages(options, ranges);
  }

  @Override
  public PCollection<KV<String, CamMap>> expand(PCollection<KV<String, TargetedImage>> images) {
    PCollectionTuple reference =
        images.apply(
            "f32",
            ParDo.of(new CamFn(options, Precision.F32, false, null))
                .withOutputTags(CamFn.MAPS, TupleTagList.of(CamFn.EXPLAINED)));
    PCollection<KV<String, TargetedImage>> explained =
        reference
            .get(CamFn.EXPLAINED)
            .setCoder(KvCoder.of(StringUtf8Coder.of(), TargetedImageCoder.of()));
    PCollectionList<KV<String, CamMap>> maps = PCollectionList.of(maps(reference));
    for (Precision precision : options.precisions()) {
      maps = maps.and(quantized(explained, precision));
    }
    return maps.apply("Maps", Flatten.pCollections());
  }

  private PCollection<KV<String, CamMap>> quantized(
      PCollection<KV<String, TargetedImage>> explained, Precision precision) {
    boolean own = options.target() == TargetMode.OWN;
    ParDo.SingleOutput<KV<String, TargetedImage>, KV<String, CamMap>> parDo =
        ParDo.of(new CamFn(options, precision, own, ranges));
    if (ranges != null) {
      parDo = parDo.withSideInputs(List.of(ranges));
    }
    return maps(
        explained.apply(
            precision.toString(), parDo.withOutputTags(CamFn.MAPS, TupleTagList.empty())));
  }

  private static PCollection<KV<String, CamMap>> maps(PCollectionTuple out) {
    return out.get(CamFn.MAPS).setCoder(KvCoder.of(StringUtf8Coder.of(), CamMapCoder.of()));
  }
}
