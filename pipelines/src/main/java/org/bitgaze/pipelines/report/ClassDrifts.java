package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.annotation.Nullable;
import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.HolmCorrection;
import org.bitgaze.pipelines.output.ImageClass;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Cell;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * What quantization does to each class of images, for one model at one precision. A mean over all
 * images hides a class that collapses. An image's class is its label, or f32's answer if the run
 * has no labels, see {@link ImageClass}. Images without a class, such as those without detections,
 * are left out.
 *
 * <p>Every class of at least {@value #MIN_TESTED} images is tested twice against all other classes:
 * for flips and for drift. Holm's correction is over all these tests of the model at the precision,
 * so that with a probability of 95 % no class is called worse by chance.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param measure the measure of drift: CC, or the run's first measure of maps
 * @param labelled whether classes are labels
 * @param classes sorted by harm: the lower end of the interval of the share of flips, then drift
 */
public record ClassDrifts(
    String model, String precision, Measure measure, boolean labelled, List<ClassDrift> classes) {
  /** Smaller classes are shown, but not tested. */
  static final int MIN_TESTED = 5;

  /** A smaller difference of means is not called a drift. */
  static final double VISIBLE = 0.001;

  /** Copies the list. */
  public ClassDrifts {
    classes = List.copyOf(classes);
  }

  /** Sums over the ranks of the drift of all images. */
  private record Ranks(double images, double ties, Map<Integer, double[]> byClass) {}

  /**
   * Compares the classes of every model and precision that has a measure of drift.
   *
   * @return in the summary's order
   */
  public static List<ClassDrifts> all(Summary summary, RowQueries rows) throws IOException {
    List<ClassDrifts> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.quantized()) {
        of(summary, rows, model, precision).filter(c -> !c.classes.isEmpty()).ifPresent(all::add);
      }
    }
    return all;
  }

  /**
   * Compares the classes of one model at one precision.
   *
   * @return the classes; empty if the run has no measure of maps
   */
  public static Optional<ClassDrifts> of(
      Summary summary, RowQueries rows, String model, String precision) throws IOException {
    Set<Measure> measures =
        summary.measures(m -> m.domain() == Measure.Domain.MAPS && rows.has(m.id()));
    if (measures.isEmpty() || !rows.has(StandardMeasure.VANISHED.id())) {
      return Optional.empty();
    }
    Measure measure =
        measures.contains(StandardMeasure.CC) ? StandardMeasure.CC : measures.iterator().next();
    ImageClass source = ImageClass.of(rows);
    String compared = compared(source, measure, rows.has(StandardMeasure.FLIP.id()));
    List<ClassDrift> classes =
        rows.withDrifts()
            .withAnswers()
            .query(
                compared
                    + """
                SELECT class, count(*), count(*) FILTER (flipped),
                       count(*) FILTER (lost), avg(value), stddev_samp(value), count(value),
                       count(*) FILTER (f32 = label), count(*) FILTER (answer = label)
                FROM compared WHERE class >= 0 GROUP BY class ORDER BY class
                """,
                row ->
                    new ClassDrift(
                        row.getInt(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        (Double) row.getObject(5),
                        (Double) row.getObject(6),
                        row.getLong(7),
                        row.getLong(8),
                        row.getLong(9),
                        Double.NaN,
                        Double.NaN,
                        false),
                model,
                precision);
    List<ClassDrift> tested =
        tested(classes, ranks(rows, compared, model, precision), sign(measure));
    return Optional.of(
        new ClassDrifts(model, precision, measure, source.labelled(), sorted(tested, measure)));
  }

  /**
   * One line per image: class, label, both answers, whether they differ, the measure, whether the
   * map vanished although f32's did not, and the drift as a number that grows with it.
   */
  private static String compared(ImageClass source, Measure measure, boolean knowsFlips) {
    String sign = measure.better() == Measure.Better.LARGER ? "-" : "";
    return """
        WITH seen AS (
          SELECT r.predicted_class AS answer, a.f32, r.label, %1$s AS class, r.%2$s AS value,
                 %4$s AS flipped,
                 coalesce(r.VANISHED = 1 AND r.reference_status = 'OK', false) AS lost
          FROM drifts r JOIN answers a USING (image_number, model)
          WHERE r.model = ? AND r.precision = ?),
        compared AS (
          SELECT *, CASE WHEN lost THEN CAST('infinity' AS DOUBLE) ELSE %3$svalue END AS drift
          FROM seen)
        """
        .formatted(
            source.labelled() ? "r.label" : "a.f32",
            RowQueries.column(measure.id()),
            sign,
            flipped(knowsFlips));
  }

  /**
   * Whether an answer differs from f32's, in SQL, for rows {@code r} against f32 and f32's answers
   * {@code a}. Sets of labels and detections may differ although their main class is the same, and
   * agree although it is not: FLIP knows what the task calls a difference.
   *
   * @param knowsFlips whether the rows have FLIP
   */
  public static String flipped(boolean knowsFlips) {
    String differ = "r.predicted_class <> a.f32";
    return knowsFlips
        ? "coalesce(r.%s = 1, %s)".formatted(RowQueries.column(StandardMeasure.FLIP.id()), differ)
        : differ;
  }

  /** Sums of the ranks of drift; equal drifts share their mean rank. */
  private static Ranks ranks(RowQueries rows, String compared, String model, String precision)
      throws IOException {
    String sql =
        compared
            + """
            , ranked AS (
              SELECT class, count(*) OVER (PARTITION BY drift) AS tied,
                     rank() OVER (ORDER BY drift) AS lowest
              FROM compared WHERE class >= 0 AND drift IS NOT NULL)
            SELECT class, count(*), sum(lowest + (tied - 1) / 2.0),
                   sum(CAST(tied AS DOUBLE) * tied - 1)
            FROM ranked GROUP BY class
            """;
    double[] total = new double[2];
    Map<Integer, double[]> byClass = new HashMap<>();
    rows.query(
            sql,
            row -> new double[] {row.getInt(1), row.getLong(2), row.getDouble(3), row.getDouble(4)},
            model,
            precision)
        .forEach(
            sums -> {
              total[0] += sums[1];
              total[1] += sums[3];
              byClass.put((int) sums[0], sums);
            });
    return new Ranks(total[0], total[1], byClass);
  }

  private static List<ClassDrift> tested(List<ClassDrift> classes, Ranks ranks, double sign) {
    long images = classes.stream().mapToLong(ClassDrift::images).sum();
    long flips = classes.stream().mapToLong(ClassDrift::flips).sum();
    List<ClassDrift> large =
        classes.stream().filter(c -> c.images() >= MIN_TESTED && c.images() < images).toList();
    double[] p = new double[2 * large.size()];
    for (int i = 0; i < large.size(); i++) {
      p[2 * i] = moreFlips(large.get(i), images, flips);
      p[2 * i + 1] = moreDrift(ranks.byClass().get(large.get(i).index()), ranks);
    }
    int[] known = IntStream.range(0, p.length).filter(i -> !Double.isNaN(p[i])).toArray();
    double[] corrected = HolmCorrection.of(IntStream.of(known).mapToDouble(i -> p[i]).toArray());
    for (int i = 0; i < known.length; i++) {
      p[known[i]] = corrected[i];
    }
    double values = classes.stream().mapToLong(ClassDrift::values).sum();
    double mean =
        classes.stream()
            .filter(c -> c.mean() != null)
            .mapToDouble(c -> c.mean() * c.values() / values)
            .sum();
    List<ClassDrift> all = new ArrayList<>();
    for (ClassDrift c : classes) {
      int i = large.indexOf(c);
      boolean visible = isVisible(c, mean, sign);
      all.add(i < 0 ? c : with(c, p[2 * i], p[2 * i + 1], visible));
    }
    return all;
  }

  private static ClassDrift with(ClassDrift c, double flipP, double driftP, boolean visible) {
    return new ClassDrift(
        c.index(),
        c.images(),
        c.flips(),
        c.vanished(),
        c.mean(),
        c.std(),
        c.values(),
        c.correctBefore(),
        c.correctAfter(),
        flipP,
        driftP,
        visible);
  }

  private static boolean isVisible(ClassDrift c, double mean, double sign) {
    return c.vanished() > 0 || (c.mean() != null && sign * (mean - c.mean()) >= VISIBLE);
  }

  /** Fisher's exact test: the probability that so many flips or more fall into this class. */
  private static double moreFlips(ClassDrift c, long images, long flips) {
    return new HypergeometricDistribution(null, (int) images, (int) flips, (int) c.images())
        .upperCumulativeProbability((int) c.flips());
  }

  /**
   * The rank-sum test (Mann and Whitney 1947) by its normal approximation, with the correction for
   * ties and for continuity; NaN with too few values, or if all drifts are equal.
   */
  private static double moreDrift(@Nullable double[] sums, Ranks ranks) {
    if (sums == null || sums[1] < MIN_TESTED || sums[1] == ranks.images()) {
      return Double.NaN;
    }
    double total = ranks.images();
    double own = sums[1];
    double others = total - own;
    double u = sums[2] - own * (own + 1) / 2;
    double variance = own * others / 12 * (total + 1 - ranks.ties() / (total * (total - 1)));
    if (!(variance > 0)) {
      return Double.NaN;
    }
    double z = (u - own * others / 2 - 0.5) / Math.sqrt(variance);
    return new NormalDistribution(null, 0, 1).cumulativeProbability(-z);
  }

  /** 1 if larger values are better, else -1. */
  private static double sign(Measure measure) {
    return measure.better() == Measure.Better.LARGER ? 1 : -1;
  }

  private static List<ClassDrift> sorted(List<ClassDrift> classes, Measure measure) {
    double sign = sign(measure);
    return classes.stream()
        .sorted(
            Comparator.comparingDouble((ClassDrift c) -> c.flips() == 0 ? 0 : -c.flipShare().get(1))
                .thenComparingDouble(c -> c.mean() == null ? 0 : sign * c.mean())
                .thenComparingInt(ClassDrift::index))
        .toList();
  }

  /** {@return the number of classes with more flips or more drift than the others} */
  public long worse() {
    return classes.stream().filter(c -> !c.worse().isEmpty()).count();
  }

  /**
   * Lays out some of the classes.
   *
   * @param shown some of {@link #classes}
   * @param names of the classes, by index; empty if they are not known
   */
  Table table(List<ClassDrift> shown, List<String> names) {
    Layout<ClassDrift> layout =
        new Layout<ClassDrift>()
            .left("Class", c -> name(c.index(), names))
            .right("Images", ClassDrift::images)
            .right("Flips [95 % CI]", c -> share(c.flipShare()))
            .right(measure.id() + " with f32 [95 % CI]", c -> drift(c.drift()))
            .right("Vanished", ClassDrift::vanished);
    if (labelled) {
      layout
          .right("Accuracy, f32", c -> share(c.accuracyBefore()))
          .right("Accuracy, " + precision, c -> share(c.accuracyAfter()));
    }
    return layout
        .left("Than the others", c -> new Cell(c.worse(), c.worse(), !c.worse().isEmpty()))
        .of(shown);
  }

  private static String name(int index, List<String> names) {
    return index >= 0 && index < names.size() ? names.get(index) : "class " + index;
  }

  private static String share(List<Double> s) {
    return Numbers.interval(s.get(0), s.get(1), s.get(2), true, 1);
  }

  private static String drift(List<Double> d) {
    return d.size() == 3
        ? Numbers.interval(d.get(0), d.get(1), d.get(2), false, 3)
        : Numbers.fixed(d.isEmpty() ? null : d.get(0), 3);
  }
}
