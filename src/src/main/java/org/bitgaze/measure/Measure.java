package org.bitgaze.measure;

import java.io.Serializable;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.bitgaze.choice.Named;

/**
 * A number that says how a map, or an answer, compares with a reference. {@link StandardMeasure}
 * lists the built-in ones. A measure of your own is a serializable class that implements this
 * interface: pass it to a pipeline, or register it in {@code
 * META-INF/services/org.bitgaze.measure.Measure}, so that the command line, gates and reports know
 * it by name (see {@link MeasureCatalog}).
 */
public interface Measure extends Named, Serializable {
  /** Which values mean more agreement. */
  enum Better {
    /** Larger values. */
    LARGER("↑"),
    /** Smaller values. */
    SMALLER("↓");

    private final String arrow;

    Better(String arrow) {
      this.arrow = arrow;
    }

    /** {@return the direction as tables show it: an arrow up or down} */
    public String arrow() {
      return arrow;
    }
  }

  /** What a measure compares, and with which references. */
  enum Domain {
    /** Two maps that have values. */
    MAPS(Reference::isMap),
    /** A map, whether or not it has values. */
    PRESENCE(r -> r.isMap() || r.equals(Reference.NETWORK)),
    /** A map that has values, and an object's mask. */
    MASK(Reference.MASK::equals),
    /** The answer at a precision, and the one at full precision, or of the deployed file. */
    F32_ANSWER(r -> r.equals(Reference.F32) || r.equals(Reference.DEPLOYED)),
    /** The answer, and the image's label. */
    LABEL(Reference.LABEL::equals),
    /**
     * The answer, and the one at full precision, of the deployed file or of the image's label, by a
     * task's own measure.
     */
    TASK(r -> r.equals(Reference.F32) || r.equals(Reference.DEPLOYED) || r.equals(Reference.LABEL)),
    /** The network's signals, and those at full precision. Only a sweep has both. */
    SIGNAL(Reference.F32::equals),
    /** The simulation's signals, and those of the deployed file. */
    DEPLOYED_SIGNAL(Reference.DEPLOYED::equals),
    /** The answers to all images, and their labels: no single image has a value. */
    ALL_IMAGES(Reference.LABEL::equals),
    /** A network's answers to images that are changed as a map says. */
    FAITHFULNESS(r -> r.kind() == Reference.Kind.NETWORK),
    /** The same network's answer to the unchanged image. */
    CONFIDENCE(r -> r.kind() == Reference.Kind.NETWORK);

    private final Predicate<Reference> references;

    Domain(Predicate<Reference> references) {
      this.references = references;
    }
  }

  /** {@return which values mean more agreement} */
  Better better();

  /** {@return what is compared, and with which references} */
  Domain domain();

  /**
   * Computes the measure.
   *
   * @param input what is compared; both maps have values where the domain says so
   * @return the value; NaN where the measure is not defined
   */
  double value(MeasureInput input);

  /** {@return whether a value is 0 or 1, so that the mean is a share of images} */
  default boolean isShare() {
    return false;
  }

  /** {@return whether no value exceeds 1} */
  default boolean isBounded() {
    return false;
  }

  /** {@return whether the measure is taken unless the user chooses others} */
  default boolean isDefault() {
    return false;
  }

  /**
   * {@return whether the measure is of maps, and not of answers; only these are chosen by users}
   */
  default boolean isOfMaps() {
    return domain() == Domain.MAPS || domain() == Domain.MASK || domain() == Domain.FAITHFULNESS;
  }

  /** {@return whether the only reference is a mask} */
  default boolean needsMask() {
    return domain() == Domain.MASK;
  }

  /**
   * Tells whether the measure is taken against a reference.
   *
   * @param reference the reference
   * @return whether its rows have this measure
   */
  default boolean appliesTo(Reference reference) {
    return domain().references.test(reference);
  }

  /**
   * Computes the measure where it is defined.
   *
   * @param input what is compared
   * @return the value, not NaN; nothing if a map has no values or the measure is not defined
   */
  default OptionalDouble compute(MeasureInput input) {
    MapStatus map = input.map().status();
    boolean defined =
        switch (domain()) {
          case MAPS -> map == MapStatus.OK && input.reference().status() == MapStatus.OK;
          case MASK ->
              map == MapStatus.OK
                  && input.reference().mask().filter(mask -> !mask.isEmpty()).isPresent();
          case PRESENCE -> map == MapStatus.OK || map.isVanished();
          case ALL_IMAGES -> false;
          case SIGNAL, DEPLOYED_SIGNAL, TASK, FAITHFULNESS, CONFIDENCE -> true;
          case F32_ANSWER, LABEL -> input.expected() != MeasureInput.NO_CLASS;
        };
    double value = defined ? value(input) : Double.NaN;
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
