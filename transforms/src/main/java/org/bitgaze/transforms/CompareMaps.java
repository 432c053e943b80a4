package org.bitgaze.transforms;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.image.Heatmap;
import org.bitgaze.metric.MapComparison;
import org.bitgaze.metric.MapDistribution;

/**
 * Joins all maps of an image by its key, and compares each class activation map with the saliency
 * map and each quantized one with the same network's map at full precision. Takes a tuple of {@link
 * #SALIENCY} and {@link #CAMS}. Per image, rows come in a fixed order.
 */
public final class CompareMaps extends PTransform<PCollectionTuple, PCollection<Comparison>> {
  private static final long serialVersionUID = 1L;

  /** At most one saliency map per image. */
  public static final TupleTag<KV<String, Heatmap>> SALIENCY = new TupleTag<>("saliency") {};

  /** One map per image, network and precision. */
  public static final TupleTag<KV<String, CamMap>> CAMS = new TupleTag<>("cams") {};

  private static final TupleTag<Heatmap> SALIENCY_OF_KEY = new TupleTag<>("saliency") {};
  private static final TupleTag<CamMap> CAMS_OF_KEY = new TupleTag<>("cams") {};

  @Nullable private final PCollectionView<Map<String, Integer>> labels;

  private CompareMaps(@Nullable PCollectionView<Map<String, Integer>> labels) {
    this.labels = labels;
  }

  /**
   * Compares without labels.
   *
   * @return the transform
   */
  public static CompareMaps create() {
    return new CompareMaps(null);
  }

  /**
   * Puts each image's label in its rows.
   *
   * @param labels image key to class index; an image need not have one
   * @return the transform
   */
  public static CompareMaps withLabels(PCollectionView<Map<String, Integer>> labels) {
    return new CompareMaps(labels);
  }

  @Override
  public PCollection<Comparison> expand(PCollectionTuple maps) {
    ParDo.SingleOutput<KV<String, CoGbkResult>, Comparison> compare =
        ParDo.of(new CompareFn(labels));
    if (labels != null) {
      compare = compare.withSideInputs(labels);
    }
    return KeyedPCollectionTuple.of(SALIENCY_OF_KEY, maps.get(SALIENCY))
        .and(CAMS_OF_KEY, maps.get(CAMS))
        .apply("JoinByImage", CoGroupByKey.create())
        .apply("Compare", compare);
  }

  private static final class CompareFn extends DoFn<KV<String, CoGbkResult>, Comparison> {
    private static final long serialVersionUID = 1L;
    private static final Comparator<CamMap> ORDER =
        Comparator.comparing(CamMap::network).thenComparing(CamMap::precision);

    private final Counter degenerate =
        Metrics.counter(MetricNames.NAMESPACE, MetricNames.DEGENERATE);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.COMPARE_MILLIS);
    @Nullable private final PCollectionView<Map<String, Integer>> labels;

    CompareFn(@Nullable PCollectionView<Map<String, Integer>> labels) {
      this.labels = labels;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      long start = System.nanoTime();
      String key = c.element().getKey();
      Integer label = labels == null ? null : c.sideInput(labels).get(key);
      Heatmap map = c.element().getValue().getOnly(SALIENCY_OF_KEY, null);
      MapDistribution saliency =
          map == null
              ? MapDistribution.missing("there is no saliency map")
              : MapDistribution.of(map);
      Map<CamMap, MapDistribution> cams = new TreeMap<>(ORDER);
      Map<String, CamMap> references = new HashMap<>();
      for (CamMap cam : c.element().getValue().getAll(CAMS_OF_KEY)) {
        cams.put(cam, MapDistribution.of(cam.cam()));
        if (cam.precision().equals(Comparison.F32)) {
          references.put(cam.network(), cam);
        }
      }
      cams.forEach(
          (cam, distribution) -> {
            CamMap reference = references.get(cam.network());
            Comparison.Builder row =
                Comparison.builder()
                    .setKey(key)
                    .setNetwork(cam.network())
                    .setPrecision(cam.precision())
                    .setPredictedClass(cam.predictedClass())
                    .setProbability(cam.probability())
                    .setExplainedClass(cam.explainedClass())
                    .setLabel(label)
                    .setFlipped(
                        reference != null && reference.predictedClass() != cam.predictedClass());
            c.output(finish(row, Comparison.SALIENCY, MapComparison.of(distribution, saliency)));
            if (reference != null && reference != cam) {
              c.output(
                  finish(row, Comparison.F32, MapComparison.of(distribution, cams.get(reference))));
            }
          });
      millis.update((System.nanoTime() - start) / 1_000_000);
    }

    private Comparison finish(Comparison.Builder row, String reference, MapComparison values) {
      boolean valid = values.degenerate() == null;
      if (!valid) {
        degenerate.inc();
      }
      return row.setReference(reference)
          .setSim(valid ? values.sim() : null)
          .setCc(valid ? values.cc() : null)
          .setKld(valid ? values.kld() : null)
          .setDegenerate(values.degenerate())
          .build();
    }
  }
}
