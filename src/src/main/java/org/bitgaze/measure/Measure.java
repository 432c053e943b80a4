package org.bitgaze.measure;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.choice.Named;

/**
 * The measures. Columns, tables, statistics, charts and help derive from this list: a new measure
 * is a new constant here. M' and R' are the map and the reference scaled to [0, 1] on the grid, P
 * and Q the same divided by their sums.
 */
public enum Measure implements Named {
  /**
   * Similarity: sum of min(P, Q); in [0, 1], 1 for equal maps. This and the next two as in
   * Bylinskii et al. 2018, "What do different evaluation metrics tell us about saliency models?".
   */
  SIM("similarity, 0 to 1", Better.LARGER, false, true, Kind.MAPS, Measure::sim),
  /** Pearson's correlation coefficient of M' and R'; in [-1, 1]. */
  CC("Pearson's correlation, -1 to 1", Better.LARGER, false, true, Kind.MAPS, Measure::cc),
  /**
   * Kullback-Leibler divergence sum Q ln(eps + Q / (P + eps)), eps = 2.2204e-16, R being the
   * reference; 0 for equal maps, unbounded.
   */
  KLD("Kullback-Leibler divergence, from 0", Better.SMALLER, false, true, Kind.MAPS, Measure::kld),
  /** Structural similarity (Wang et al. 2004) of M' and R'; in [-1, 1], 1 for equal maps. */
  SSIM(
      "structural similarity, -1 to 1",
      Better.LARGER,
      false,
      false,
      Kind.MAPS,
      s -> StructuralSimilarity.of(s.map().values(), s.reference().values(), ScaledMap.GRID)),
  /** Spearman's rank correlation of M' and R', equal values sharing their mean rank; in [-1, 1]. */
  RANK(
      "Spearman's rank correlation, -1 to 1",
      Better.LARGER,
      false,
      false,
      Kind.MAPS,
      s -> pearson(s.map().ranks(), s.reference().ranks())),
  /** Overlap |A and B| / |A or B| of the maps' 5 % largest pixels; in [0, 1]. */
  TOPK(
      "overlap of the 5 % largest pixels, 0 to 1",
      Better.LARGER, false, false, Kind.MAPS, Measure::topk),
  /** Normalized scanpath saliency: mean over the mask of (M' - mean) / deviation; unbounded. */
  NSS(
      "mean of the standardized map in the mask",
      Better.LARGER,
      false,
      false,
      Kind.MASK,
      Measure::nss),
  /** Area under the ROC curve of M' as a score for the mask's pixels; in [0, 1]. */
  AUC(
      "area under the ROC curve for the mask, 0 to 1",
      Better.LARGER,
      false,
      false,
      Kind.MASK,
      Measure::auc),
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
      Kind.MASK,
      s -> mask(s).get(s.map().peak()) ? 1 : 0),
  /** Share of M' in the mask: the energy-based pointing game (Wang et al. 2020); in [0, 1]. */
  ENERGY(
      "share of the map in the mask, 0 to 1",
      Better.LARGER,
      false,
      true,
      Kind.MASK,
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
      Kind.PRESENCE,
      s -> s.map().isVanished() ? 1 : 0),
  /** 1 if the answer is not the one at full precision, else 0. */
  FLIP(
      "whether the answer is not f32's",
      Better.SMALLER,
      true,
      false,
      Kind.F32_ANSWER,
      s -> s.answer() == s.expected() ? 0 : 1),
  /** 1 if the answer is the image's label, else 0. */
  TOP1(
      "whether the answer is the label",
      Better.LARGER,
      true,
      false,
      Kind.LABEL,
      s -> s.answer() == s.expected() ? 1 : 0),
  /**
   * Signal-to-noise ratio of the logits against full precision in decibels, see {@link Fidelity};
   * it has no value where nothing differs.
   */
  SQNR(
      "signal to noise of the logits, dB",
      Better.LARGER,
      false,
      false,
      Kind.SIGNAL,
      s -> s.fidelity().logits().orElse(Double.NaN)),
  /** The same of the target layer's activations. */
  SQNR_FEATURES(
      "signal to noise of the target layer's activations, dB",
      Better.LARGER,
      false,
      false,
      Kind.SIGNAL,
      s -> s.fidelity().features().orElse(Double.NaN));

  /** Which values are better, or more alike. */
  public enum Better {
    /** Larger ones. */
    LARGER("↑"),
    /** Smaller ones. */
    SMALLER("↓");

    private final String arrow;

    Better(String arrow) {
      this.arrow = arrow;
    }

    /**
     * Returns the direction as tables show it.
     *
     * @return an arrow up or down
     */
    public String arrow() {
      return arrow;
    }
  }

  /** What is compared, and so the references against which a measure is taken. */
  private enum Kind {
    MAPS(Reference::isMap),
    PRESENCE(Reference::isMap),
    MASK(r -> r == Reference.MASK),
    F32_ANSWER(r -> r == Reference.F32),
    LABEL(r -> r == Reference.LABEL),
    SIGNAL(r -> r == Reference.F32);

    private final Set<Reference> references;

    Kind(Predicate<Reference> references) {
      this.references = Reference.all(references);
    }

    private boolean isOfMaps() {
      return this == MAPS || this == MASK;
    }
  }

  /** How a problem of the map begins, and what stands between it and one of the reference. */
  private static final String MAP = "map: ";

  private static final String AND = "; ";

  private final String description;
  private final Better better;
  private final boolean share;
  private final boolean usual;
  private final Kind kind;
  private final ToDoubleFunction<MeasureInput> computation;

  Measure(
      String description,
      Better better,
      boolean share,
      boolean usual,
      Kind kind,
      ToDoubleFunction<MeasureInput> computation) {
    this.description = description;
    this.better = better;
    this.share = share;
    this.usual = usual;
    this.kind = kind;
    this.computation = computation;
  }

  @Override
  public String id() {
    return name();
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Returns which values are better.
   *
   * @return the direction
   */
  public Better better() {
    return better;
  }

  /**
   * Tells whether a value is 0 or 1, so that the mean is a share of images.
   *
   * @return whether it is shown in per cent
   */
  public boolean isShare() {
    return share;
  }

  /**
   * Tells whether no value is beyond 1.
   *
   * @return false for those without a bound
   */
  public boolean isBounded() {
    return this != KLD && this != NSS && kind != Kind.SIGNAL;
  }

  /**
   * Tells whether the measure is of maps, which users choose, and not of answers, which are always
   * taken, or of signals.
   *
   * @return whether it compares maps
   */
  public boolean isOfMaps() {
    return kind.isOfMaps();
  }

  /** Whether it costs nothing and every reader asks for it. */
  private boolean isOfAnswers() {
    return !isOfMaps() && kind != Kind.SIGNAL;
  }

  /**
   * Lists the measures of signals, which only a sweep takes that has both signals at hand.
   *
   * @return in the list's order
   */
  public static Set<Measure> ofSignals() {
    EnumSet<Measure> all = EnumSet.noneOf(Measure.class);
    Arrays.stream(values()).filter(m -> m.kind == Kind.SIGNAL).forEach(all::add);
    return all;
  }

  /**
   * Tells whether a mask is needed.
   *
   * @return whether the only reference is a mask
   */
  public boolean needsMask() {
    return kind == Kind.MASK;
  }

  /**
   * Tells whether the measure is taken against a reference.
   *
   * @param reference the reference
   * @return whether its rows have it
   */
  public boolean appliesTo(Reference reference) {
    return kind.references.contains(reference);
  }

  /**
   * Takes the measure.
   *
   * @param subject what is compared
   * @return the value, finite; nothing if a map is degenerate or the measure is not defined
   */
  public OptionalDouble compute(MeasureInput subject) {
    boolean defined =
        switch (kind) {
          case MAPS -> subject.map().problem().isEmpty() && subject.reference().problem().isEmpty();
          case MASK ->
              subject.map().problem().isEmpty()
                  && subject.reference().mask().filter(m -> !m.isEmpty()).isPresent();
          case PRESENCE -> subject.map().problem().isEmpty() || subject.map().isVanished();
          case SIGNAL -> true;
          case F32_ANSWER, LABEL -> subject.expected() != MeasureInput.NO_CLASS;
        };
    double value = defined ? computation.applyAsDouble(subject) : Double.NaN;
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * Returns which measures of maps are taken unless users choose otherwise.
   *
   * @return in the list's order
   */
  public static Set<Measure> defaults() {
    EnumSet<Measure> all = EnumSet.noneOf(Measure.class);
    Arrays.stream(values()).filter(m -> m.usual).forEach(all::add);
    return all;
  }

  /**
   * Adds the measures of answers, which cost nothing and which every reader asks for.
   *
   * @param chosen measures of maps
   * @return those and all of answers, in the list's order
   */
  public static Set<Measure> withAnswers(Set<Measure> chosen) {
    EnumSet<Measure> all = EnumSet.noneOf(Measure.class);
    all.addAll(chosen);
    Arrays.stream(values()).filter(Measure::isOfAnswers).forEach(all::add);
    return all;
  }

  /**
   * Finds a measure by name, in upper or lower case.
   *
   * @param id such as {@code SIM}
   * @return the measure
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static Measure of(String id) {
    return Named.find(values(), "measure", id.toUpperCase(Locale.ROOT));
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

  /**
   * Says why two maps cannot be compared as maps. (A mask that is the whole image is constant, but
   * the measures against masks are defined.)
   *
   * @param map the map
   * @param reference the reference
   * @param what what to call the reference
   * @return one line; nothing if it has values
   */
  public static Optional<String> problem(ScaledMap map, ScaledMap reference, String what) {
    String both =
        Stream.concat(
                map.problem().map(problem -> MAP + problem).stream(),
                reference.problem().map(problem -> what + ": " + problem).stream())
            .collect(Collectors.joining(AND));
    return both.isEmpty() ? Optional.empty() : Optional.of(both);
  }

  /**
   * Tells whether it is the map alone that has no values.
   *
   * @param problem what {@link #problem} returned
   * @param what the reference's name, as it was given there
   * @return whether the reference has values
   */
  public static boolean isOfMapAlone(String problem, String what) {
    return problem.startsWith(MAP) && !problem.contains(AND + what + ": ");
  }
}
