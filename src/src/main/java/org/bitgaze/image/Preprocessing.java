package org.bitgaze.image;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.choice.Named;

/**
 * What is done to an image before a network sees it. It belongs to the weights: a network is
 * trained for one preprocessing, and two checkpoints of one architecture may differ in it.
 *
 * @param crop the part of the image that is seen
 * @param interpolation how it is resized
 * @param normalization what is done to its values
 */
public record Preprocessing(
    CenterCrop crop, Interpolation interpolation, Normalization normalization)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Key under which files of weights say their preprocessing, see {@link #parse}. */
  public static final String METADATA_KEY = "preprocessing";

  /** Shorter side to 256 bilinearly, the centre's 224 x 224, ImageNet's mean and deviation. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(CenterCrop.IMAGENET, Interpolation.BILINEAR, Normalization.IMAGENET);

  /**
   * Changes the filter.
   *
   * @param filter how the image is resized
   * @return a new preprocessing
   */
  public Preprocessing with(Interpolation filter) {
    return new Preprocessing(crop, filter, normalization);
  }

  /**
   * Changes the resized size.
   *
   * @param shorter shorter side after resizing, in pixels
   * @return a new preprocessing
   */
  public Preprocessing withResize(int shorter) {
    return new Preprocessing(new CenterCrop(shorter, crop.side()), interpolation, normalization);
  }

  /**
   * Cuts out what a network sees.
   *
   * @param image any image
   * @return the crop, not normalized: programs do that
   */
  public RgbImage apply(RgbImage image) {
    return crop.apply(image, interpolation);
  }

  /**
   * Parses what {@link #toString} writes; parts that are left out are ImageNet's.
   *
   * @param text such as {@code resize=232,interpolation=bilinear}
   * @return the preprocessing
   * @throws IllegalArgumentException if a part is unknown or wrong
   */
  public static Preprocessing parse(String text) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      String[] sides = part.split("=", 2);
      if (sides.length != 2 || !sides[0].strip().matches("resize|crop|interpolation|mean|std")) {
        throw new IllegalArgumentException(
            "preprocessing '"
                + part.strip()
                + "' is none of resize=N, crop=N, interpolation=NAME,"
                + " mean=R/G/B, std=R/G/B");
      }
      parts.put(sides[0].strip(), sides[1].strip());
    }
    Preprocessing p = IMAGENET;
    Normalization n = p.normalization;
    return new Preprocessing(
        new CenterCrop(
            integer(parts, "resize", p.crop.resize()), integer(parts, "crop", p.crop.side())),
        Named.find(
            Interpolation.values(),
            "interpolation",
            parts.getOrDefault("interpolation", p.interpolation.id())),
        new Normalization(
            Normalization.parse(parts.getOrDefault("mean", Normalization.format(n.mean()))),
            Normalization.parse(parts.getOrDefault("std", Normalization.format(n.std())))));
  }

  private static int integer(Map<String, String> parts, String name, int otherwise) {
    String value = parts.getOrDefault(name, "" + otherwise);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "preprocessing " + name + "=" + value + " is no number", e);
    }
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return "resize="
        + crop.resize()
        + ",crop="
        + crop.side()
        + ",interpolation="
        + interpolation.id()
        + ","
        + normalization;
  }
}
