package org.bitgaze.measure;

/** Whether a map can be compared, and if not, why. */
public enum MapStatus {
  /** The map has values. */
  OK("it has values"),
  /** The map is zero everywhere: nothing speaks for the explained class. */
  VANISHED("it is zero everywhere"),
  /** The map is zero everywhere because the explained logit lies beyond its quantization range. */
  CLIPPED("it is zero everywhere: the explained logit lies beyond its quantization range"),
  /** All values are equal, and not zero. A mask that covers the whole image is constant. */
  CONSTANT("it is constant"),
  /** A value is NaN or infinite. */
  NOT_FINITE("it is not finite"),
  /** The mask has no pixel of the object. */
  EMPTY("the mask is empty"),
  /** The answer has nothing to explain, such as no detections. */
  NOTHING("the answer has nothing to explain"),
  /** There is no map. */
  MISSING("there is none"),
  /** The map shows another part of the image. */
  OTHER_CROP("it shows another part of the image"),
  /** The map could not be scaled to the comparison grid. */
  FAILED("it could not be scaled");

  private final String description;

  MapStatus(String description) {
    this.description = description;
  }

  /** {@return a clause about the map, such as "it is constant"} */
  public String description() {
    return description;
  }

  /** {@return whether the map is zero everywhere} */
  public boolean isVanished() {
    return this == VANISHED || this == CLIPPED;
  }
}
