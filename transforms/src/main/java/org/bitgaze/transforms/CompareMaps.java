package org.bitgaze.transforms;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
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
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;
import org.bitgaze.metric.MapComparison;
import org.bitgaze.metric.MapDistribution;
import org.bitgaze.metric.MaskAgreement;

/**
 * Joins all maps of an image by its key, and compares each class activation map with the saliency
 * map and each quantized one with the same network's map at full precision. Takes a tuple of {@link
 * #SALIENCY}, {@link #CAMS} and, where the images have any, {@link #MASKS}; yields {@link #ROWS}
 * and {@link #IMAGES}. Per image, rows come in a fixed order.
 */
public final class CompareMaps extends PTransform<PCollectionTuple, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** At most one saliency map per image. */
  public static final TupleTag<KV<String, Heatmap>> SALIENCY = new TupleTag<>("saliency") {};

  /** One map per image, network and precision. */
  public static final TupleTag<KV<String, CamMap>> CAMS = new TupleTag<>("cams") {};

  /** At most one mask per image, of the size that networks see. */
  public static final TupleTag<KV<String, Mask>> MASKS = new TupleTag<>("masks") {};

  /** One row per image, network, precision and reference. */
  public static final TupleTag<Comparison> ROWS = new TupleTag<>("comparisons") {};

  /** One element per image: all its maps. */
  public static final TupleTag<ImageMaps> IMAGES = new TupleTag<>("imageMaps") {};

  private static final TupleTag<KV<String, Heatmap>> SALIENCY_OF_GROUP =
      new TupleTag<>("saliency") {};
  private static final TupleTag<KV<String, Mask>> MASKS_OF_GROUP = new TupleTag<>("mask") {};
  private static final TupleTag<KV<String, CamMap>> CAMS_OF_GROUP = new TupleTag<>("cams") {};

  @Nullable private final PCollectionView<Map<String, Integer>> labels;
  private final int groups;

  private CompareMaps(@Nullable PCollectionView<Map<String, Integer>> labels, int groups) {
    this.labels = labels;
    this.groups = groups;
  }

  /**
   * Compares without labels.
   *
   * @return the transform
   */
  public static CompareMaps create() {
    return new CompareMaps(null, ImageGroups.NUMBER);
  }

  /**
   * Puts each image's label in its rows.
   *
   * @param labels image key to class index; an image need not have one
   * @return the transform
   */
  public static CompareMaps withLabels(PCollectionView<Map<String, Integer>> labels) {
    return new CompareMaps(labels, ImageGroups.NUMBER);
  }

  /**
   * Chooses how many images are joined at once: all of a group's maps are held in memory, and the
   * direct runner takes milliseconds for each group and step that follows. Some sixteen images a
   * group suit it.
   *
   * @param number how many groups of images are made, by a hash of their keys
   * @return the same transform with another number
   */
  public CompareMaps inGroups(int number) {
    return new CompareMaps(labels, number);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple maps) {
    boolean masked = maps.has(MASKS);
    ParDo.SingleOutput<KV<Integer, CoGbkResult>, Comparison> compare =
        ParDo.of(new CompareFn(labels, masked));
    if (labels != null) {
      compare = compare.withSideInputs(labels);
    }
    KeyedPCollectionTuple<Integer> joined =
        KeyedPCollectionTuple.of(
                SALIENCY_OF_GROUP,
                maps.get(SALIENCY).apply("GroupSaliency", new ImageGroups<>(groups)))
            .and(CAMS_OF_GROUP, maps.get(CAMS).apply("GroupCams", new ImageGroups<>(groups)));
    if (masked) {
      joined =
          joined.and(
              MASKS_OF_GROUP, maps.get(MASKS).apply("GroupMasks", new ImageGroups<>(groups)));
    }
    PCollectionTuple out =
        joined
            .apply("JoinByImage", CoGroupByKey.create())
            .apply("Compare", compare.withOutputTags(ROWS, TupleTagList.of(IMAGES)));
    out.get(IMAGES).setCoder(ImageMapsCoder.of());
    return out;
  }

  /** All maps of one image. */
  private static final class Joined {
    @Nullable private Heatmap saliency;
    @Nullable private Mask mask;
    private final List<CamMap> cams = new ArrayList<>();
  }

  private static final class CompareFn extends DoFn<KV<Integer, CoGbkResult>, Comparison> {
    private static final long serialVersionUID = 1L;
    private static final Comparator<CamMap> ORDER =
        Comparator.comparing(CamMap::network).thenComparing(CamMap::precision);

    private final Counter degenerate =
        Metrics.counter(MetricNames.NAMESPACE, MetricNames.DEGENERATE);
    private final Distribution millis =
        Metrics.distribution(MetricNames.NAMESPACE, MetricNames.COMPARE_MILLIS);
    @Nullable private final PCollectionView<Map<String, Integer>> labels;
    private final boolean masked;

    CompareFn(@Nullable PCollectionView<Map<String, Integer>> labels, boolean masked) {
      this.labels = labels;
      this.masked = masked;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      CoGbkResult group = c.element().getValue();
      Map<String, Joined> images = new TreeMap<>();
      for (KV<String, CamMap> cam : group.getAll(CAMS_OF_GROUP)) {
        images.computeIfAbsent(cam.getKey(), k -> new Joined()).cams.add(cam.getValue());
      }
      for (KV<String, Heatmap> map : group.getAll(SALIENCY_OF_GROUP)) {
        images.computeIfAbsent(map.getKey(), k -> new Joined()).saliency = map.getValue();
      }
      if (masked) {
        for (KV<String, Mask> map : group.getAll(MASKS_OF_GROUP)) {
          images.computeIfAbsent(map.getKey(), k -> new Joined()).mask = map.getValue();
        }
      }
      images.forEach((key, image) -> compare(key, image, c));
    }

    private void compare(String key, Joined image, ProcessContext c) {
      long start = System.nanoTime();
      Integer label = labels == null ? null : c.sideInput(labels).get(key);
      Heatmap saliency = image.saliency;
      Mask mask = image.mask;
      MapDistribution saliencyDistribution = distribution(saliency, "saliency map");
      MapDistribution maskDistribution = distribution(mask == null ? null : mask.heatmap(), "mask");
      Map<CamMap, MapDistribution> cams = new TreeMap<>(ORDER);
      Map<String, CamMap> references = new HashMap<>();
      for (CamMap cam : image.cams) {
        cams.put(cam, MapDistribution.of(cam.cam()));
        if (cam.precision().equals(Comparison.F32)) {
          references.put(cam.network(), cam);
        }
      }
      List<ComparedMap> compared = new ArrayList<>();
      cams.forEach(
          (cam, distribution) -> {
            CamMap reference = references.get(cam.network());
            boolean flipped =
                reference != null && reference.predictedClass() != cam.predictedClass();
            Comparison.Builder row =
                Comparison.builder()
                    .setKey(key)
                    .setNetwork(cam.network())
                    .setPrecision(cam.precision())
                    .setPredictedClass(cam.predictedClass())
                    .setProbability(cam.probability())
                    .setExplainedClass(cam.explainedClass())
                    .setLabel(label)
                    .setFlipped(flipped);
            c.output(
                finish(
                    row,
                    Comparison.SALIENCY,
                    MapComparison.of(distribution, saliencyDistribution),
                    null));
            if (masked) {
              c.output(
                  finish(
                      row,
                      Comparison.MASK,
                      MapComparison.of(distribution, maskDistribution),
                      mask == null ? null : MaskAgreement.of(distribution, mask)));
            }
            Double cc = null;
            if (reference != null) {
              MapComparison drift = MapComparison.of(distribution, cams.get(reference));
              cc = drift.degenerate() == null ? drift.cc() : null;
              if (reference != cam) {
                c.output(finish(row, Comparison.F32, drift, null));
              }
            }
            compared.add(new ComparedMap(cam, flipped, cc));
          });
      c.output(IMAGES, new ImageMaps(key, saliency, mask, compared));
      millis.update((System.nanoTime() - start) / 1_000_000);
    }

    private static MapDistribution distribution(@Nullable Heatmap map, String what) {
      return map == null ? MapDistribution.missing("there is no " + what) : MapDistribution.of(map);
    }

    private Comparison finish(
        Comparison.Builder row,
        String reference,
        MapComparison values,
        @Nullable MaskAgreement agreement) {
      boolean valid = values.degenerate() == null;
      if (!valid) {
        degenerate.inc();
      }
      return row.setReference(reference)
          .setSim(valid ? values.sim() : null)
          .setCc(valid ? values.cc() : null)
          .setKld(valid ? values.kld() : null)
          .setPointing(agreement == null ? null : agreement.pointing())
          .setEnergy(agreement == null ? null : agreement.energy())
          .setDegenerate(values.degenerate())
          .build();
    }
  }
}
