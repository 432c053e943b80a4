package org.bitgaze.transforms.values;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.UnaryOperator;
import javax.annotation.Nullable;

/**
 * Why an image is shown.
 *
 * @param kind the reason
 * @param model the model whose map drifts; empty if the reason is no drift
 * @param precision such as {@code int8}; empty if the reason is no drift
 * @param cc correlation with the map at full precision; null if the map vanished, or the reason is
 *     no drift
 */
public record ExhibitReason(Kind kind, String model, String precision, @Nullable Double cc)
    implements Comparable<ExhibitReason> {
  /** The reasons, in the order in which they are listed. */
  public enum Kind {
    /** The user asked for the image. */
    REQUESTED,
    /** The image is part of the random sample. */
    SAMPLE,
    /** The image is among those with the largest drift. */
    LARGEST_DRIFT,
    /** The image has the smallest drift. */
    SMALLEST_DRIFT
  }

  private static final Comparator<ExhibitReason> ORDER =
      Comparator.comparing(ExhibitReason::kind)
          .thenComparing(ExhibitReason::model)
          .thenComparing(ExhibitReason::precision);

  /**
   * Makes a reason that is no drift.
   *
   * @param kind the reason
   * @return the reason
   */
  public static ExhibitReason of(Kind kind) {
    return new ExhibitReason(kind, "", "", null);
  }

  /**
   * Tells whether this is about a model's drift at a precision.
   *
   * @param drift largest or smallest
   * @param ofModel the model's id
   * @param atPrecision such as {@code int8}
   * @return whether all of these agree
   */
  public boolean is(Kind drift, String ofModel, String atPrecision) {
    return kind == drift && model.equals(ofModel) && precision.equals(atPrecision);
  }

  /**
   * Describes the reason.
   *
   * @param title gives a model's title for its id
   * @return one line
   */
  public String describe(UnaryOperator<String> title) {
    return switch (kind) {
      case REQUESTED -> "requested";
      case SAMPLE -> "random sample";
      case LARGEST_DRIFT, SMALLEST_DRIFT ->
          String.format(
              Locale.ROOT,
              "%s drift of %s at %s: %s",
              kind == Kind.LARGEST_DRIFT ? "among the largest" : "smallest",
              title.apply(model),
              precision,
              cc == null ? "the map vanished" : String.format(Locale.ROOT, "CC with f32 %.3f", cc));
    };
  }

  @Override
  public int compareTo(ExhibitReason other) {
    return ORDER.compare(this, other);
  }
}
