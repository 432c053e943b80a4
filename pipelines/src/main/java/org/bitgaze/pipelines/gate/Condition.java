package org.bitgaze.pipelines.gate;

import java.math.BigDecimal;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;

/**
 * A condition on the mean of a measure, or on its value for a share of the images.
 *
 * @param measure the measure
 * @param reference what maps or answers are compared with
 * @param relation the relation of the value to the threshold
 * @param threshold of the measure; shares are in [0, 1]
 * @param share the share of the images that must satisfy the relation, in (0, 1]; empty if the mean
 *     must satisfy it
 * @param perClass if every class must satisfy the condition: the number of images from which on a
 *     class is judged, at least 2, see {@link ClassOutcome}
 */
public record Condition(
    Measure measure,
    Reference reference,
    Relation relation,
    double threshold,
    OptionalDouble share,
    OptionalInt perClass) {
  /** A class with fewer images is not judged unless the condition says otherwise. */
  private static final int USUAL_LEAST = 20;

  private static final String NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
  private static final Pattern FORM =
      Pattern.compile(
          "(?<measure>\\w+)(?:@(?<reference>[\\w-]+))?\\s*(?<relation>>=|<=|>|<)\\s*(?<threshold>"
              + NUMBER
              + ")\\s*(?<percent>%)?(?:\\s+in\\s+(?<share>"
              + NUMBER
              + ")\\s*%)?"
              + "(?<class>\\s+per\\s+class(?:\\s*,\\s*at\\s+least\\s+(?<least>\\d{1,9})\\s+images?)?)?");

  /**
   * Parses a condition.
   *
   * @param text {@code MEASURE[@REFERENCE] >=|<=|>|< NUMBER[%] [in SHARE%] [per class[, at least N
   *     images]]}
   * @return the condition; the default reference is f32, or the mask or label if the measure needs
   *     that
   * @throws IllegalArgumentException if the text cannot be parsed, the measure is unknown or does
   *     not apply to the reference, or the threshold is out of range
   */
  public static Condition parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' is not a condition; examples: CC>=0.98 in 95%, FLIP<=5%");
    }
    Measure measure = MeasureCatalog.of(parts.group("measure"));
    Reference reference =
        parts.group("reference") == null
            ? defaultReference(measure)
            : Reference.of(parts.group("reference"));
    if (!measure.appliesTo(reference)) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "': " + measure.id() + " does not apply to " + reference.id());
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
              "'%s': the threshold is outside the range of %s (%s); write 5 %% as 0.05 or 5%%",
              text.strip(), measure.id(), measure.description()));
    }
    OptionalDouble share = OptionalDouble.empty();
    if (parts.group("share") != null) {
      share = OptionalDouble.of(percent(parts.group("share")));
      if (share.getAsDouble() <= 0 || share.getAsDouble() > 1) {
        throw new IllegalArgumentException(
            "'" + text.strip() + "': the share of the images must be above 0 % and at most 100 %");
      }
    }
    if (measure.domain() == Measure.Domain.ALL_IMAGES
        && (share.isPresent() || parts.group("class") != null)) {
      throw new IllegalArgumentException(
          "'%s': %s is one number for all images, without a share of them and without classes"
              .formatted(text.strip(), measure.id()));
    }
    OptionalInt perClass = OptionalInt.empty();
    if (parts.group("class") != null) {
      String least = parts.group("least");
      perClass = OptionalInt.of(least == null ? USUAL_LEAST : Integer.parseInt(least));
      if (perClass.getAsInt() < 2) {
        throw new IllegalArgumentException(
            "'" + text.strip() + "': a class is judged from 2 images on, not from " + least);
      }
    }
    return new Condition(
        measure, reference, Relation.of(parts.group("relation")), threshold, share, perClass);
  }

  /** Divides in decimal: a binary division would miss thresholds such as 2.9 %. */
  private static double percent(String text) {
    return new BigDecimal(text).scaleByPowerOfTen(-2).doubleValue();
  }

  private static Reference defaultReference(Measure measure) {
    return measure.appliesTo(Reference.F32)
        ? Reference.F32
        : Reference.all(measure::appliesTo).iterator().next();
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return measure.id()
        + (reference.equals(defaultReference(measure)) ? "" : "@" + reference.id())
        + relation.symbol()
        + number(threshold)
        + (share.isPresent()
            ? " in " + number(Math.rint(1e9 * share.getAsDouble()) / 1e7) + "%"
            : "")
        + (perClass.isPresent() ? " per class, at least " + perClass.getAsInt() + " images" : "");
  }

  /** {@return the threshold as text} */
  String limit() {
    return number(threshold);
  }

  private static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
