package org.bitgaze.pipelines.gate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bitgaze.quant.Precision;

/**
 * Conditions on the maps of some models at some precisions.
 *
 * @param model a model's id; empty for all models
 * @param precision as in the run; empty for all that quantize
 * @param conditions at least one
 */
public record Rule(Optional<String> model, Optional<String> precision, List<Condition> conditions) {
  private static final String ALL = "*";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<model>[^/:]+)/)?(?<precision>[^/:]+?)\\s*:(?<conditions>.*)", Pattern.DOTALL);

  /** A comma; not the one before the number of images from which on a class is judged. */
  private static final Pattern BETWEEN = Pattern.compile(",(?!\\s*at\\s+least\\s)");

  /** Copies the list. */
  public Rule {
    conditions = List.copyOf(conditions);
  }

  /**
   * Parses a rule.
   *
   * @param text {@code [MODEL/]PRECISION: CONDITION, ...}; {@code *} for all precisions
   * @throws IllegalArgumentException if it cannot be parsed
   */
  static Rule parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' is not a rule; example: int8: CC>=0.98 in 95%, FLIP<=0.05");
    }
    return new Rule(
        named(parts.group("model")),
        named(parts.group("precision")),
        Arrays.stream(BETWEEN.split(parts.group("conditions"), -1)).map(Condition::parse).toList());
  }

  private static Optional<String> named(String text) {
    return Optional.ofNullable(text).map(String::strip).filter(name -> !name.equals(ALL));
  }

  /** Tells whether the rule applies to a model at a precision. */
  boolean covers(String id, String bits) {
    return model.orElse(id).equals(id)
        && precision.map(bits::equals).orElseGet(() -> !Precision.isFloat(bits));
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return model.map(m -> m + "/").orElse("")
        + precision.orElse(ALL)
        + ": "
        + conditions.stream().map(Condition::toString).collect(Collectors.joining(", "));
  }
}
