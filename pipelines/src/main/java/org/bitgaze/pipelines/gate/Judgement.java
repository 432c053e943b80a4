package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * Whether a condition holds of one model at one precision.
 *
 * @param model its id
 * @param precision such as {@code int8}
 * @param condition what must hold
 * @param value the mean of the measure, or the part of the images that satisfy it; NaN without
 *     images. An image whose map has no value, because it vanished, satisfies nothing.
 * @param low lower end of the value's 95 % confidence interval: Student's t for a mean, Wilson's
 *     score (1927) for a part of the images; NaN if there are too few
 * @param high upper end of it
 * @param mean mean of the measure over the images that have a value; NaN if none has
 * @param images how many were compared; those that have a value, if it is a mean
 * @param vanished how many of the precision's maps are zero everywhere
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
    long vanished) {
  /**
   * Judges.
   *
   * @param condition what must hold
   * @param summary the run's summary
   * @param rows the run's rows
   * @param model its id
   * @param precision any of the run
   * @return the judgement
   * @throws IOException if the rows cannot be read
   */
  public static Judgement of(
      Condition condition, Summary summary, Rows rows, String model, String precision)
      throws IOException {
    String reference = condition.reference().id();
    String measure = condition.measure().id();
    Optional<SummaryLine> line = summary.line(model, precision, reference, measure);
    double mean = number(line.map(SummaryLine::mean));
    long vanished = condition.measure().isOfMaps() ? rows.vanished(model, precision, reference) : 0;
    if (condition.share().isEmpty() && !condition.measure().isShare()) {
      return new Judgement(
          model,
          precision,
          condition,
          mean,
          number(line.map(SummaryLine::ci95Low)),
          number(line.map(SummaryLine::ci95High)),
          mean,
          line.map(SummaryLine::count).orElse(0L),
          vanished);
    }
    // The mean of a measure that is 0 or 1 is a part of the images, too.
    Rows.Share found =
        condition.share().isPresent()
            ? rows.share(
                model,
                precision,
                reference,
                measure,
                condition.relation().symbol(),
                condition.threshold())
            : rows.share(model, precision, reference, measure, "=", 1);
    long images = condition.share().isPresent() ? found.images() : found.values();
    if (images == 0) {
      return new Judgement(
          model, precision, condition, Double.NaN, Double.NaN, Double.NaN, mean, 0, vanished);
    }
    WilsonInterval interval = WilsonInterval.of(found.satisfying(), images);
    return new Judgement(
        model,
        precision,
        condition,
        (double) found.satisfying() / images,
        interval.low(),
        interval.high(),
        mean,
        images,
        vanished);
  }

  private static double number(Optional<Double> value) {
    return value.orElse(Double.NaN);
  }

  /**
   * Tells whether the condition holds.
   *
   * @return of these images; false without any, and of a mean of maps, false if maps vanished: it
   *     says nothing of those that are not there
   */
  public boolean holds() {
    return holdsAt(value) && !isMeanOfTheRest();
  }

  /**
   * Tells whether these images are too few to say so of others.
   *
   * @return whether the two ends of the confidence interval are judged differently
   */
  public boolean isUncertain() {
    return !isMeanOfTheRest() && (Double.isNaN(low) || holdsAt(low) != holdsAt(high));
  }

  /** Whether maps are missing from a mean; a part of the images counts them as they are. */
  private boolean isMeanOfTheRest() {
    return vanished > 0 && condition.share().isEmpty();
  }

  /**
   * Tells whether there was nothing to judge.
   *
   * @return whether no image has a value, and none has lost its map
   */
  public boolean isEmpty() {
    return Double.isNaN(value) && vanished == 0;
  }

  private boolean holdsAt(double number) {
    return condition.share().isPresent()
        ? number >= condition.share().getAsDouble()
        : condition.relation().holds(number, condition.threshold());
  }

  /**
   * Says what was found.
   *
   * @return such as {@code CC 0.996, 95.0 % of images >= 0.98}, {@code 4.9 % of answers change}
   */
  public String found() {
    Measure measure = condition.measure();
    if (Double.isNaN(value)) {
      return measure + " has no value";
    }
    String against =
        condition.reference().isMap() && !condition.reference().id().equals("f32")
            ? " (" + condition.reference().id() + ")"
            : "";
    String lost = vanished > 0 ? " (" + vanished + " maps vanished)" : "";
    if (condition.share().isPresent()) {
      return String.format(
          Locale.ROOT,
          "%s%s %s%s, %s of images %s %s",
          measure,
          against,
          text(mean, measure.isShare()),
          lost,
          text(value, true),
          condition.relation().symbol(),
          condition.limit());
    }
    return measure == StandardMeasure.FLIP
        ? text(value, true) + " of answers change"
        : measure + against + " " + text(value, measure.isShare()) + lost;
  }

  /**
   * Says what was found, what was wanted, and how sure it is.
   *
   * @return one line
   */
  public String line() {
    boolean part = condition.share().isPresent() || condition.measure().isShare();
    return String.format(
        Locale.ROOT,
        "%s %s %s: %s%s; wanted %s",
        holds() ? "passed" : "FAILED",
        model,
        precision,
        found(),
        (Double.isNaN(low) ? "" : " [" + text(low, part) + ", " + text(high, part) + "]")
            + ", "
            + images
            + " images",
        condition);
  }

  private static String text(double number, boolean percent) {
    if (Double.isNaN(number)) {
      return "-";
    }
    String text =
        String.format(Locale.ROOT, percent ? "%.1f %%" : "%.3f", number * (percent ? 100 : 1));
    return text.replaceAll("^-(0[.]0+)(?![0-9])", "$1");
  }
}
