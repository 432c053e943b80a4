package org.bitgaze.pipelines.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.study.SampleResult;
import org.bitgaze.pipelines.study.StudyValues;
import org.bitgaze.quant.RangeRule;

/**
 * What a study of calibration found: {@code study.json}.
 *
 * @param size size of the samples by which rules are compared
 * @param shared the number of calibration images, of all samples of that size, that are also
 *     audited
 * @param samples one result per model, precision, rule, size and sample
 * @param rules each rule's mean and spread, at all sizes
 * @param pairs all pairs of rules at the main size, compared image by image
 * @param recommendations one per model and precision
 */
public record StudyFindings(
    int size,
    long shared,
    List<SampleResult> samples,
    List<RuleSpread> rules,
    List<PairedDifference> pairs,
    List<Recommendation> recommendations) {

  /**
   * Samples that move the mean CC by no more than this (a standard deviation) are large enough: two
   * runs with other calibration images then differ by less than 0.01 in two cases of three.
   */
  static final double TOLERANCE = 0.005;

  /**
   * A rule's results over the samples of one size.
   *
   * @param model the model's id
   * @param precision the precision
   * @param rule how ranges were determined
   * @param size the number of calibration images
   * @param samples the number of samples
   * @param cc the mean over the samples of their mean CC
   * @param ccSpread its standard deviation over the samples
   * @param ccMin the smallest mean CC of a sample
   * @param ccMax the largest
   * @param flip the mean over the samples of their share of flipped answers
   * @param flipSpread its standard deviation over the samples
   * @param vanished the mean number of maps that vanished
   * @param imageSpread the mean over images of the standard deviation of an image's CC over the
   *     samples; NaN at other sizes than the main one
   */
  public record RuleSpread(
      String model,
      String precision,
      String rule,
      int size,
      int samples,
      double cc,
      double ccSpread,
      double ccMin,
      double ccMax,
      double flip,
      double flipSpread,
      double vanished,
      double imageSpread) {}

  /**
   * What to calibrate with.
   *
   * @param model the model's id
   * @param precision the precision
   * @param rule the recommended rule
   * @param images the recommended number of calibration images
   * @param isEnough whether samples of that size move the mean CC by at most {@link #TOLERANCE}
   * @param evidence why, in sentences
   */
  public record Recommendation(
      String model, String precision, String rule, int images, boolean isEnough, String evidence) {

    /** {@return rule and number of images in a few words} */
    public String text() {
      return "%s: %s, %d images%s"
          .formatted(precision, rule, images, isEnough ? "" : " (the most that were studied)");
    }
  }

  /**
   * Computes the findings.
   *
   * @param values what the audits found
   * @param shared the number of calibration images of the main size that are also audited
   * @return the findings
   */
  public static StudyFindings of(StudyValues values, long shared) {
    List<RuleSpread> spreads = spreads(values);
    List<PairedDifference> pairs = pairs(values, spreads);
    List<Recommendation> recommendations = new ArrayList<>();
    spreads.stream()
        .map(s -> List.of(s.model(), s.precision()))
        .distinct()
        .forEach(
            place ->
                recommendations.add(
                    recommend(
                        values,
                        spreads.stream().filter(s -> isAt(s, place)).toList(),
                        pairs.stream().filter(p -> isAt(p, place)).toList())));
    return new StudyFindings(
        values.mainSize(), shared, values.results(), spreads, pairs, recommendations);
  }

  private static boolean isAt(RuleSpread s, List<String> place) {
    return List.of(s.model(), s.precision()).equals(place);
  }

  private static boolean isAt(PairedDifference p, List<String> place) {
    return p.model().equals(place.get(0)) && p.precision().startsWith(place.get(1) + " ");
  }

  private static List<RuleSpread> spreads(StudyValues values) {
    List<RuleSpread> spreads = new ArrayList<>();
    values.results().stream()
        .map(r -> new SampleResult(r.model(), r.precision(), r.rule(), r.size(), 0, 0, 0, 0, 0, 0))
        .distinct()
        .forEach(
            r -> {
              StudyValues.Cell cell = new StudyValues.Cell(r.model(), r.precision(), r.rule());
              spreads.add(spread(values, cell, r.size()));
            });
    return spreads;
  }

  private static RuleSpread spread(StudyValues values, StudyValues.Cell cell, int size) {
    List<SampleResult> own = values.results(cell, size);
    double[] cc = own.stream().mapToDouble(SampleResult::cc).toArray();
    double[] flip = own.stream().mapToDouble(SampleResult::flip).toArray();
    double imageSpread =
        size == values.mainSize()
            ? Arrays.stream(values.images(cell))
                .mapToDouble(StudyFindings::deviation)
                .average()
                .orElse(Double.NaN)
            : Double.NaN;
    return new RuleSpread(
        cell.model(),
        cell.precision(),
        cell.rule(),
        size,
        own.size(),
        StatUtils.mean(cc),
        deviation(cc),
        StatUtils.min(cc),
        StatUtils.max(cc),
        StatUtils.mean(flip),
        deviation(flip),
        own.stream().mapToLong(SampleResult::vanished).average().orElse(0),
        imageSpread);
  }

  private static double deviation(double[] values) {
    return Math.sqrt(StatUtils.variance(values));
  }

  /** All pairs of rules at each precision; Holm's correction is for all of them. */
  private static List<PairedDifference> pairs(StudyValues values, List<RuleSpread> spreads) {
    List<PairedDifference> pairs = new ArrayList<>();
    List<RuleSpread> main = spreads.stream().filter(s -> s.size() == values.mainSize()).toList();
    for (int i = 0; i < main.size(); i++) {
      for (int j = i + 1; j < main.size(); j++) {
        RuleSpread one = main.get(i);
        RuleSpread other = main.get(j);
        if (isAt(other, List.of(one.model(), one.precision()))) {
          pairs.add(
              PairedDifference.of(
                  new Pairs.Place(one.model(), cell(one).label(), "f32"),
                  cell(other).label(),
                  "CC",
                  new Pairs(values.means(cell(one)), values.means(cell(other)))));
        }
      }
    }
    Holm.correct(pairs, pair -> pair, (pair, corrected) -> corrected);
    return pairs;
  }

  private static StudyValues.Cell cell(RuleSpread s) {
    return new StudyValues.Cell(s.model(), s.precision(), s.rule());
  }

  /** The best rule, unless the default one is not distinguishable from it. */
  private static Recommendation recommend(
      StudyValues values, List<RuleSpread> spreads, List<PairedDifference> pairs) {
    List<RuleSpread> main = spreads.stream().filter(s -> s.size() == values.mainSize()).toList();
    RuleSpread best = main.stream().max(Comparator.comparingDouble(RuleSpread::cc)).orElseThrow();
    List<String> evidence = new ArrayList<>();
    Optional<RuleSpread> usual =
        main.stream().filter(s -> s.rule().equals(RangeRule.MINMAX.id())).findFirst();
    RuleSpread chosen = best;
    if (usual.isPresent() && usual.get() != best) {
      PairedDifference pair = pair(pairs, best, usual.get());
      boolean significant = pair.significant();
      chosen = significant ? best : usual.get();
      evidence.add(
          format(
              "%s has the highest mean CC, %.4f; minmax has %.4f (paired over %d images, corrected p %s; higher with %d of %d samples).",
              best.rule(),
              best.cc(),
              usual.get().cc(),
              pair.pairs(),
              format(pair.corrected() < 0.001 ? "< 0.001" : "%.3f", pair.corrected()),
              wins(values, best, usual.get()),
              best.samples()));
      if (!significant) {
        evidence.add("This difference may be chance, so the default is recommended.");
      }
    } else {
      evidence.add(format("%s has the highest mean CC, %.4f.", best.rule(), best.cc()));
    }
    List<String> equal =
        main.stream()
            .filter(s -> s != best && !pair(pairs, best, s).significant())
            .map(RuleSpread::rule)
            .toList();
    if (!equal.isEmpty()) {
      evidence.add(
          format(
              "Not distinguishable from %s with these images: %s.",
              best.rule(), String.join(", ", equal)));
    }
    evidence.add(
        format(
            "The sample of %d images moves the mean CC of %s by %.4f (standard deviation over %d samples) and flips by %.1f %%.",
            chosen.size(),
            chosen.rule(),
            chosen.ccSpread(),
            chosen.samples(),
            100 * chosen.flipSpread()));
    return sized(chosen, spreads, evidence);
  }

  /** The smallest size whose samples agree, and whose mean CC is that of the largest. */
  private static Recommendation sized(
      RuleSpread chosen, List<RuleSpread> spreads, List<String> evidence) {
    List<RuleSpread> sizes =
        spreads.stream()
            .filter(s -> s.rule().equals(chosen.rule()))
            .sorted(Comparator.comparingInt(RuleSpread::size))
            .toList();
    RuleSpread largest = sizes.get(sizes.size() - 1);
    Optional<RuleSpread> enough =
        sizes.stream()
            .filter(s -> s.ccSpread() <= TOLERANCE && s.cc() >= largest.cc() - TOLERANCE)
            .findFirst();
    evidence.add(
        enough.isPresent()
            ? format(
                "%d images are enough for a spread of at most %.3f.",
                enough.get().size(), TOLERANCE)
            : format(
                "No size up to %d images has a spread of at most %.3f; compare runs at this precision only if they share a calibration.",
                largest.size(), TOLERANCE));
    return new Recommendation(
        chosen.model(),
        chosen.precision(),
        chosen.rule(),
        enough.orElse(largest).size(),
        enough.isPresent(),
        String.join(" ", evidence));
  }

  /** The number of samples with which one rule's mean CC is higher than another's. */
  private static long wins(StudyValues values, RuleSpread one, RuleSpread other) {
    List<SampleResult> a = values.results(cell(one), one.size());
    List<SampleResult> b = values.results(cell(other), other.size());
    return IntStream.range(0, a.size()).filter(i -> a.get(i).cc() > b.get(i).cc()).count();
  }

  private static PairedDifference pair(
      List<PairedDifference> pairs, RuleSpread one, RuleSpread other) {
    List<String> labels = List.of(cell(one).label(), cell(other).label());
    return pairs.stream()
        .filter(p -> labels.contains(p.precision()) && labels.contains(p.other()))
        .findFirst()
        .orElseThrow();
  }

  /** {@return a warning if images judge ranges that were made from them, else an empty text} */
  public String warning() {
    return shared == 0
        ? ""
        : "%d calibration images are also audited, so each sample is judged by its own images, too; --calibration-input takes other images."
            .formatted(shared);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  /** Writes the findings as JSON. */
  public void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }
}
