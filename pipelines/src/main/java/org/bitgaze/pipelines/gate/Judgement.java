package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Numbers;

/**
 * Whether a condition holds for one model at one precision.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param condition the condition
 * @param value the mean of the measure, or the share of images that satisfy the condition; NaN
 *     without images. An image whose map vanished has no value and satisfies no condition.
 * @param low lower end of the value's 95 % confidence interval: Student's t for a mean, Wilson's
 *     score (1927) for a share of the images; NaN if there are too few images
 * @param high upper end of the interval
 * @param mean mean of the measure over the images that have a value; NaN if there are none
 * @param images the number of images that were compared; for a mean, of those with a value
 * @param vanished the number of the precision's maps that are zero everywhere
 * @param missing why images have no value; empty if all have one
 * @param classes for a condition per class: how many classes satisfy it; value, interval and images
 *     are then those of the worst class. Null for other conditions.
 */
public record Judgement(
    String model,
    String precision,
    Condition condition,
    double value,
    double low,
    double high,
    double mean,
    long images,
    long vanished,
    String missing,
    Optional<ClassOutcome> classes) {

  /** Makes a judgement on all images together. */
  public Judgement(
      String model,
      String precision,
      Condition condition,
      double value,
      double low,
      double high,
      double mean,
      long images,
      long vanished,
      String missing) {
    this(
        model,
        precision,
        condition,
        value,
        low,
        high,
        mean,
        images,
        vanished,
        missing,
        Optional.empty());
  }

  /**
   * Judges.
   *
   * @param precision any precision of the run
   */
  public static Judgement of(
      Condition condition, Summary summary, RowQueries rows, String model, String precision)
      throws IOException {
    if (condition.perClass().isPresent()) {
      return ClassOutcome.judge(condition, rows, model, precision);
    }
    Measure measure = condition.measure();
    String reference = condition.reference().id();
    Optional<SummaryLine> line = summary.line(model, precision, reference, measure.id());
    double mean = number(line.map(SummaryLine::mean));
    long vanished = measure.isOfMaps() ? vanished(rows, model, precision, reference) : 0;
    String missing = measure.isOfMaps() ? missing(rows, condition, model, precision) : "";
    if (condition.share().isEmpty() && !measure.isShare()) {
      double low = number(line.map(SummaryLine::ci95Low));
      double high = number(line.map(SummaryLine::ci95High));
      long images = line.map(SummaryLine::count).orElse(0L);
      return new Judgement(
          model, precision, condition, mean, low, high, mean, images, vanished, missing);
    }
    // The mean of a measure that is 0 or 1 is a share of the images, too.
    boolean isMean = condition.share().isEmpty();
    Relation relation = isMean ? Relation.AT_LEAST : condition.relation();
    double threshold = isMean ? 1 : condition.threshold();
    long[] found =
        rows.query(
                """
                SELECT count(*), count(%1$s), count(*) FILTER (%1$s %2$s ?)
                FROM %4$s WHERE model = ? AND precision = ? %3$s
                """
                    .formatted(
                        RowQueries.column(measure.id()),
                        relation.symbol(),
                        // An answer that has nothing to explain is no map that fails.
                        measure.isOfMaps() ? "AND map_status <> 'NOTHING'" : "",
                        rows.against(reference)),
                row -> new long[] {row.getLong(1), row.getLong(2), row.getLong(3)},
                threshold,
                model,
                precision)
            .get(0);
    long images = isMean ? found[1] : found[0];
    double share = images == 0 ? Double.NaN : (double) found[2] / images;
    WilsonInterval interval =
        images == 0
            ? new WilsonInterval(Double.NaN, Double.NaN)
            : WilsonInterval.of(found[2], images);
    return new Judgement(
        model,
        precision,
        condition,
        share,
        interval.low(),
        interval.high(),
        mean,
        images,
        vanished,
        missing);
  }

  /** The number of images whose map vanished although the reference has values. */
  private static long vanished(RowQueries rows, String model, String precision, String reference)
      throws IOException {
    String sql =
        """
        SELECT count(DISTINCT image_number) FROM %s
        WHERE model = ? AND precision = ? AND VANISHED = 1 AND reference_status = 'OK'
        """
            .formatted(rows.against(reference));
    return (long) rows.numbers(sql, model, precision)[0];
  }

  /** Why images have no value: each status of the maps, with the number of images. */
  private static String missing(
      RowQueries rows, Condition condition, String model, String precision) throws IOException {
    String reference = condition.reference().id();
    String sql =
        """
        SELECT map_status, reference_status, count(*) FROM %s
        WHERE model = ? AND precision = ? AND %s IS NULL
        GROUP BY ALL ORDER BY count(*) DESC, map_status, reference_status
        """
            .formatted(rows.against(reference), RowQueries.column(condition.measure().id()));
    List<String> reasons =
        rows.query(
            sql,
            row ->
                "%d images have no value (map %s, %s %s)"
                    .formatted(row.getLong(3), row.getString(1), reference, row.getString(2)),
            model,
            precision);
    return String.join(", ", reasons);
  }

  private static double number(Optional<Double> value) {
    return value.orElse(Double.NaN);
  }

  /**
   * Tells whether the condition holds for these images; a condition per class, whether no class
   * fails beyond chance, see {@link ClassOutcome}.
   *
   * @return false without images; false, too, for a mean over maps if some maps vanished, because
   *     the mean leaves them out
   */
  public boolean holds() {
    return classes.map(ClassOutcome::holds).orElseGet(() -> holdsAt(value) && !leavesMapsOut());
  }

  /** {@return whether the ends of the confidence interval give different judgements} */
  public boolean isUncertain() {
    if (classes.isPresent()) {
      return classes.get().isUncertain();
    }
    return !leavesMapsOut() && (Double.isNaN(low) || holdsAt(low) != holdsAt(high));
  }

  /** Whether a mean leaves maps out. A share of the images counts them as failures. */
  private boolean leavesMapsOut() {
    return vanished > 0 && condition.share().isEmpty();
  }

  /** {@return whether there is nothing to judge: no image has a value, and no map vanished} */
  public boolean isEmpty() {
    return Double.isNaN(value) && vanished == 0;
  }

  private boolean holdsAt(double number) {
    return condition.share().isPresent()
        ? number >= condition.share().getAsDouble()
        : condition.relation().holds(number, condition.threshold());
  }

  /**
   * Describes the value.
   *
   * @return such as {@code CC 0.996, 95.0 % of images >= 0.98}, {@code 4.9 % of answers change}
   */
  public String found() {
    return classes
        .filter(c -> c.judged() > 0)
        .map(c -> "class " + c.worst() + ": " + foundValue())
        .orElseGet(this::foundValue);
  }

  private String foundValue() {
    Measure measure = condition.measure();
    if (Double.isNaN(value)) {
      return measure.id() + " has no value";
    }
    boolean isMean = condition.share().isEmpty();
    if (measure.equals(StandardMeasure.FLIP) && isMean) {
      return Numbers.percent(value) + " of answers change";
    }
    Reference reference = condition.reference();
    String against =
        reference.isMap() && !reference.equals(Reference.F32) ? " (" + reference + ")" : "";
    String lost = vanished > 0 ? " (" + vanished + " maps vanished)" : "";
    String text =
        measure.id()
            + against
            + " "
            + Numbers.measure(isMean ? value : mean, measure.isShare(), 3)
            + lost;
    return isMean
        ? text
        : "%s, %s of images %s %s"
            .formatted(
                text, Numbers.percent(value), condition.relation().symbol(), condition.limit());
  }

  /** {@return one line: the result, the value with its interval, and the condition} */
  public String line() {
    boolean isShare = condition.share().isPresent() || condition.measure().isShare();
    String interval =
        Double.isNaN(low)
            ? ""
            : " [%s, %s]"
                .formatted(Numbers.measure(low, isShare, 3), Numbers.measure(high, isShare, 3));
    String line =
        "%s %s %s: %s%s, %d images; wanted %s"
            .formatted(
                holds() ? "passed" : "FAILED",
                model,
                precision,
                found(),
                interval,
                images,
                condition);
    if (classes.isPresent()) {
      return line + "; " + classes.get().describe();
    }
    return missing.isEmpty() ? line : line + "; " + missing;
  }
}
