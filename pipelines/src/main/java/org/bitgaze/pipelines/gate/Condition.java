package org.bitgaze.pipelines.gate;

import java.math.BigDecimal;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;

/**
 * What a measure must be: on average over the images, or for so many of them.
 *
 * @param measure what is measured
 * @param reference what maps are compared with
 * @param relation how it must stand to the threshold
 * @param threshold of the measure; shares are in [0, 1]
 * @param share how large a part of the images must satisfy it, in (0, 1]; nothing if their mean
 *     must
 */
public record Condition(
    Measure measure,
    Reference reference,
    Relation relation,
    double threshold,
    OptionalDouble share) {
  private static final String NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<measure>\\w+)(?:@(?<reference>[\\w-]+))?\\s*(?<relation>>=|<=|>|<)\\s*(?<threshold>"
              + NUMBER
              + ")\\s*(?<percent>%)?(?:\\s+in\\s+(?<share>"
              + NUMBER
              + ")\\s*%)?");

  /**
   * Parses a condition.
   *
   * @param text {@code MEASURE[@REFERENCE] >=|<=|>|< NUMBER[%] [in SHARE%]}
   * @return the condition; without a reference against f32, or the mask or label if the measure is
   *     of those
   * @throws IllegalArgumentException if it cannot be parsed, or the measure is not taken against
   *     the reference, saying what is
   */
  public static Condition parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' is no condition such as CC>=0.98 in 95% or FLIP<=5%");
    }
    Measure measure = MeasureCatalog.of(parts.group("measure"));
    Reference reference =
        parts.group("reference") == null
            ? usualReference(measure)
            : Reference.of(parts.group("reference"));
    if (!measure.appliesTo(reference)) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "': " + measure.id() + " is not taken against " + reference.id());
    }
    double threshold =
        parts.group("percent") == null
            ? Double.parseDouble(parts.group("threshold"))
            : percent(parts.group("threshold"));
    boolean possible =
        Double.isFinite(threshold)
            && (!measure.isBounded() || Math.abs(threshold) <= 1)
            && (!measure.isShare() || threshold >= 0);
    if (!possible) {
      throw new IllegalArgumentException(
          String.format(
              "'%s': %s, %s, is never there; 5 %% is 0.05 or 5%%",
              text.strip(), measure.id(), measure.description()));
    }
    OptionalDouble share = OptionalDouble.empty();
    if (parts.group("share") != null) {
      share = OptionalDouble.of(percent(parts.group("share")));
      if (share.getAsDouble() <= 0 || share.getAsDouble() > 1) {
        throw new IllegalArgumentException(
            "'" + text.strip() + "': a part of the images is above 0 % and at most 100 %");
      }
    }
    return new Condition(
        measure, reference, Relation.of(parts.group("relation")), threshold, share);
  }

  /** The number nearest to what was written: a binary division would miss borders like 2.9 %. */
  private static double percent(String text) {
    return new BigDecimal(text).scaleByPowerOfTen(-2).doubleValue();
  }

  private static Reference usualReference(Measure measure) {
    return measure.appliesTo(Reference.F32)
        ? Reference.F32
        : Reference.all(measure::appliesTo).iterator().next();
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return measure.id()
        + (reference.equals(usualReference(measure)) ? "" : "@" + reference.id())
        + relation.symbol()
        + number(threshold)
        + (share.isPresent()
            ? " in " + number(Math.rint(1e9 * share.getAsDouble()) / 1e7) + "%"
            : "");
  }

  /** The threshold as it is written. */
  String limit() {
    return number(threshold);
  }

  private static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
