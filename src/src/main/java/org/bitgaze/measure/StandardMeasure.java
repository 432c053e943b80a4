package org.bitgaze.measure;

import java.util.BitSet;
import java.util.function.ToDoubleFunction;

/**
 * The built-in measures. Columns, tables, statistics, charts and help derive from this list: a new
 * built-in measure is a new constant here. M' and R' are the map and the reference scaled to [0, 1]
 * on the grid, P and Q the same divided by their sums.
 */
public enum StandardMeasure implements Measure {
  /**
   * Similarity: sum of min(P, Q); in [0, 1], 1 for equal maps. This and the next two as in
   * Bylinskii et al. 2018, "What do different evaluation metrics tell us about saliency models?".
   */
  SIM("similarity, 0 to 1", Better.LARGER, false, true, Domain.MAPS, StandardMeasure::sim),
  /** Pearson's correlation coefficient of M' and R'; in [-1, 1]. */
  CC(
      "Pearson's correlation, -1 to 1",
      Better.LARGER,
      false,
      true,
      Domain.MAPS,
      StandardMeasure::cc),
  /**
   * Kullback-Leibler divergence sum Q ln(eps + Q / (P + eps)), eps = 2.2204e-16, R being the
   * reference; 0 for equal maps, unbounded.
   */
  KLD(
      "Kullback-Leibler divergence, from 0",
      Better.SMALLER,
      false,
      true,
      Domain.MAPS,
      StandardMeasure::kld),
  /** Structural similarity (Wang et al. 2004) of M' and R'; in [-1, 1], 1 for equal maps. */
  SSIM(
      "structural similarity, -1 to 1",
      Better.LARGER,
      false,
      false,
      Domain.MAPS,
      s ->
          StructuralSimilarity.of(
              s.map().values(), s.reference().values(), s.map().height(), s.map().width())),
  /** Spearman's rank correlation of M' and R', equal values sharing their mean rank; in [-1, 1]. */
  RANK(
      "Spearman's rank correlation, -1 to 1",
      Better.LARGER,
      false,
      false,
      Domain.MAPS,
      s -> pearson(s.map().ranks(), s.reference().ranks())),
  /** Overlap |A and B| / |A or B| of the maps' 5 % largest pixels; in [0, 1]. */
  TOPK(
      "overlap of the 5 % largest pixels, 0 to 1",
      Better.LARGER, false, false, Domain.MAPS, StandardMeasure::topk),
  /** Normalized scanpath saliency: mean over the mask of (M' - mean) / deviation; unbounded. */
  NSS(
      "mean of the standardized map in the mask",
      Better.LARGER,
      false,
      false,
      Domain.MASK,
      StandardMeasure::nss),
  /** Area under the ROC curve of M' as a score for the mask's pixels; in [0, 1]. */
  AUC(
      "area under the ROC curve for the mask, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.MASK,
      StandardMeasure::auc),
  /**
   * 1 if the centre of the map's largest cell is on the object, else 0: the pointing game (Zhang et
   * al. 2016, "Top-down neural attention by excitation backprop"), without its tolerance of 15
   * pixels.
   */
  POINTING(
      "whether the map's peak is in the mask",
      Better.LARGER,
      true,
      true,
      Domain.MASK,
      s -> mask(s).get(s.map().peak()) ? 1 : 0),
  /** Share of M' in the mask: the energy-based pointing game (Wang et al. 2020); in [0, 1]. */
  ENERGY(
      "share of the map in the mask, 0 to 1",
      Better.LARGER,
      false,
      true,
      Domain.MASK,
      s -> Math.min(1, inside(s) / s.map().sum())),
  /**
   * 1 if the map is zero everywhere, else 0: nothing speaks for the class, or its logit lies beyond
   * its quantization range and lets no gradient through. Such a map has no value of the others.
   */
  VANISHED(
      "whether the map is zero everywhere",
      Better.SMALLER,
      true,
      false,
      Domain.PRESENCE,
      s -> s.map().status().isVanished() ? 1 : 0),
  /** 1 if the answer is not the one at full precision, else 0. */
  FLIP(
      "whether the answer is not f32's",
      Better.SMALLER,
      true,
      false,
      Domain.F32_ANSWER,
      s -> s.answer() == s.expected() ? 0 : 1),
  /** 1 if the answer is the image's label, else 0. */
  TOP1(
      "whether the answer is the label",
      Better.LARGER,
      true,
      false,
      Domain.LABEL,
      s -> s.answer() == s.expected() ? 1 : 0),
  /**
   * Overlap |A and B| / |A or B| of two sets of labels (Jaccard); 1 if both are empty; in [0, 1].
   */
  LABELS(
      "overlap of the sets of labels, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.TASK,
      s -> s.agreement().value("LABELS")),
  /**
   * Mean over the classes in either of two class maps of intersection / union of their pixels; in
   * [0, 1].
   */
  MIOU(
      "mean intersection over union of the class maps, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.TASK,
      s -> s.agreement().value("MIOU")),
  /**
   * F1 of the detections: 2 matches / (|D| + |R|), matched by class and an intersection over union
   * of at least 0.5; 1 if there are none in either; in [0, 1].
   */
  DETECTIONS(
      "F1 of the detections, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.TASK,
      s -> s.agreement().value("DETECTIONS")),
  /**
   * Mean average precision of the detections in all images, matched with the labels by an
   * intersection over union of at least 0.5, see {@link AveragePrecision}; in [0, 1].
   */
  MAP50(
      "mean average precision of the boxes in all images, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.ALL_IMAGES,
      s -> Double.NaN),
  /**
   * Signal-to-noise ratio of the logits against full precision in decibels, see {@link Fidelity};
   * it has no value where nothing differs.
   */
  SQNR(
      "signal to noise of the logits, dB",
      Better.LARGER,
      false,
      false,
      Domain.SIGNAL,
      s -> s.fidelity().logits().orElse(Double.NaN)),
  /** The same of the target layer's activations. */
  SQNR_FEATURES(
      "signal to noise of the target layer's activations, dB",
      Better.LARGER,
      false,
      false,
      Domain.SIGNAL,
      s -> s.fidelity().features().orElse(Double.NaN)),
  /**
   * Signal-to-noise ratio of the logits of a deployed file against its simulation in decibels, see
   * {@link Fidelity}; it has no value where nothing differs.
   */
  SQNR_DEPLOYED(
      "signal to noise of the logits of the deployed file, dB",
      Better.LARGER,
      false,
      false,
      Domain.DEPLOYED_SIGNAL,
      s -> s.fidelity().logits().orElse(Double.NaN)),
  /**
   * Area under the explained class's probability while pixels are added to a blurred image, the
   * map's largest first (Petsiuk et al. 2018, "RISE"); in [0, 1].
   */
  INSERTION(
      "probability while the map's pixels are added, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.FAITHFULNESS,
      s -> s.faithfulness().insertion().orElse(Double.NaN)),
  /** The same while pixels are removed, the map's largest first; in [0, 1]. */
  DELETION(
      "probability while the map's pixels are removed, 0 to 1",
      Better.SMALLER,
      false,
      false,
      Domain.FAITHFULNESS,
      s -> s.faithfulness().deletion().orElse(Double.NaN)),
  /**
   * Half the difference of the probability without the map's smallest and without its largest
   * pixels (Rong et al. 2022), removed pixels being filled from their neighbours; in [-0.5, 0.5].
   */
  ROAD(
      "probability without the least minus without the most important pixels, -0.5 to 0.5",
      Better.LARGER,
      false,
      false,
      Domain.FAITHFULNESS,
      s -> s.faithfulness().road().orElse(Double.NaN)),
  /** Probability of the explained class for the unchanged image; in [0, 1]. */
  CONFIDENCE(
      "probability of the explained class, 0 to 1",
      Better.LARGER,
      false,
      false,
      Domain.CONFIDENCE,
      s -> s.faithfulness().confidence().orElse(Double.NaN));

  private final String description;
  private final Better better;
  private final boolean share;
  private final boolean byDefault;
  private final Domain domain;
  private final ToDoubleFunction<MeasureInput> formula;

  StandardMeasure(
      String description,
      Better better,
      boolean share,
      boolean byDefault,
      Domain domain,
      ToDoubleFunction<MeasureInput> formula) {
    this.description = description;
    this.better = better;
    this.share = share;
    this.byDefault = byDefault;
    this.domain = domain;
    this.formula = formula;
  }

  @Override
  public String id() {
    return name();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Better better() {
    return better;
  }

  @Override
  public boolean isShare() {
    return share;
  }

  @Override
  public boolean isBounded() {
    return this != KLD
        && this != NSS
        && domain != Domain.SIGNAL
        && domain != Domain.DEPLOYED_SIGNAL;
  }

  @Override
  public boolean isDefault() {
    return byDefault;
  }

  @Override
  public Domain domain() {
    return domain;
  }

  @Override
  public double value(MeasureInput input) {
    return formula.applyAsDouble(input);
  }

  /**
   * As 1 - sum |P - Q| / 2, for min(P, Q) = (P + Q - |P - Q|) / 2 and both sum to 1, but for their
   * last digits: what is nearly 1 is then found without its own rounding, and sooner.
   */
  private static double sim(MeasureInput s) {
    ScaledMap m = s.map();
    ScaledMap r = s.reference();
    return Math.max(0, 1 - Sums.distances(m.values(), 1 / m.sum(), r.values(), 1 / r.sum()) / 2);
  }

  private static double cc(MeasureInput s) {
    ScaledMap m = s.map();
    ScaledMap r = s.reference();
    double sum = Sums.deviations(m.values(), m.mean(), r.values(), r.mean());
    return sum / m.values().length / (m.deviation() * r.deviation());
  }

  /**
   * As sum Q ln Q - sum Q ln(P + eps), of which each map's logarithms are taken once however often
   * it is compared. The definition's eps beside the quotient adds Q ln(1 + eps (P + eps) / Q), at
   * most eps (P + eps) a pixel and eps in all, which no double beside it shows.
   */
  private static double kld(MeasureInput s) {
    ScaledMap r = s.reference();
    return r.negentropy() - Sums.products(r.values(), s.map().logarithms()) / r.sum();
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Sums.of(a) / a.length;
    double meanB = Sums.of(b) / b.length;
    double aa = Sums.deviations(a, meanA, a, meanA);
    double bb = Sums.deviations(b, meanB, b, meanB);
    return Sums.deviations(a, meanA, b, meanB) / Math.sqrt(aa * bb);
  }

  private static double topk(MeasureInput s) {
    BitSet both = (BitSet) s.map().top().clone();
    both.and(s.reference().top());
    BitSet either = (BitSet) s.map().top().clone();
    either.or(s.reference().top());
    return (double) both.cardinality() / either.cardinality();
  }

  private static BitSet mask(MeasureInput s) {
    return s.reference().mask().orElseThrow();
  }

  private static double inside(MeasureInput s) {
    double[] m = s.map().values();
    return mask(s).stream().mapToDouble(i -> m[i]).sum();
  }

  private static double nss(MeasureInput s) {
    double mean = inside(s) / mask(s).cardinality();
    return (mean - s.map().mean()) / s.map().deviation();
  }

  /** By the mean ranks of the mask's pixels (Mann and Whitney 1947). */
  private static double auc(MeasureInput s) {
    double[] ranks = s.map().ranks();
    double p = mask(s).cardinality();
    double n = ranks.length - p;
    double sum = mask(s).stream().mapToDouble(i -> ranks[i]).sum();
    return n == 0 ? Double.NaN : (sum - p * (p + 1) / 2) / (p * n);
  }
}
