package org.bitgaze.image;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.choice.Named;

/**
 * What is done to an image before a network sees it. It belongs to the weights: a network is
 * trained for one preprocessing, and two checkpoints of one architecture may differ in it.
 *
 * @param framing the part of the image that is seen
 * @param interpolation how it is resized
 * @param normalization what is done to its values
 */
public record Preprocessing(
    Framing framing, Interpolation interpolation, Normalization normalization)
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
    return new Preprocessing(framing, filter, normalization);
  }

  /**
   * Changes the resized size.
   *
   * @param shorter shorter side after resizing, in pixels
   * @return a new preprocessing
   */
  public Preprocessing withResize(int shorter) {
    return with(new CenterCrop(shorter, framing.side()));
  }

  /**
   * Changes the part of the image that is seen.
   *
   * @param other another framing
   * @return a new preprocessing
   */
  public Preprocessing with(Framing other) {
    return new Preprocessing(other, interpolation, normalization);
  }

  /**
   * Cuts out what a network sees.
   *
   * @param image any image
   * @return the crop, not normalized: programs do that
   */
  public RgbImage apply(RgbImage image) {
    return framing.apply(image, interpolation);
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
                + "' is none of resize=N or squash, crop=N, interpolation=NAME,"
                + " mean=R/G/B, std=R/G/B");
      }
      parts.put(sides[0].strip(), sides[1].strip());
    }
    Preprocessing p = IMAGENET;
    Normalization n = p.normalization;
    return new Preprocessing(
        Framing.parse(
            parts.getOrDefault("resize", "" + CenterCrop.IMAGENET.resize()),
            parts.getOrDefault("crop", "" + CenterCrop.IMAGENET.side())),
        Named.find(
            Interpolation.values(),
            "interpolation",
            parts.getOrDefault("interpolation", p.interpolation.id())),
        new Normalization(
            Normalization.parse(parts.getOrDefault("mean", Normalization.format(n.mean()))),
            Normalization.parse(parts.getOrDefault("std", Normalization.format(n.std())))));
  }

  /** Returns what {@link #parse} reads. */
  @Override
  public String toString() {
    return framing + ",interpolation=" + interpolation.id() + "," + normalization;
  }
}
