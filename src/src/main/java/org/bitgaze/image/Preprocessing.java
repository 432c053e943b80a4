package org.bitgaze.image;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.choice.Named;

/**
 * Turns an image into a network's input. It belongs to the weights: a network is trained with one
 * preprocessing, and two checkpoints of one architecture may differ in it.
 *
 * @param framing the part of the image that the network sees
 * @param interpolation the resampling filter
 * @param normalization the normalization of its samples
 */
public record Preprocessing(
    Framing framing, Interpolation interpolation, Normalization normalization)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The metadata key of the preprocessing in files of weights, see {@link #parse}. */
  public static final String METADATA_KEY = "preprocessing";

  /** Resize to 256, bilinear; center crop 224 x 224; ImageNet's mean and standard deviation. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(CenterCrop.IMAGENET, Interpolation.BILINEAR, Normalization.IMAGENET);

  /**
   * Changes the filter.
   *
   * @param filter the resampling filter
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
    return with(new CenterCrop(shorter, framing.height()));
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
   * Crops an image to the part that a network sees.
   *
   * @param image any image
   * @return the crop, not yet normalized: programs do that
   */
  public RgbImage apply(RgbImage image) {
    return framing.apply(image, interpolation);
  }

  /**
   * Parses what {@link #toString} writes; missing parts are those of {@link #IMAGENET}.
   *
   * @param text such as {@code resize=232,interpolation=bilinear}
   * @return the preprocessing
   * @throws IllegalArgumentException if a part is unknown or invalid
   */
  public static Preprocessing parse(String text) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      String[] sides = part.split("=", 2);
      if (sides.length != 2 || !sides[0].strip().matches("resize|crop|interpolation|mean|std")) {
        throw new IllegalArgumentException(
            "preprocessing '"
                + part.strip()
                + "' is not one of resize=N, resize=squash, resize=letterbox, crop=N, crop=HxW, interpolation=NAME,"
                + " mean=R/G/B, std=R/G/B");
      }
      parts.put(sides[0].strip(), sides[1].strip());
    }
    Preprocessing p = IMAGENET;
    Normalization n = p.normalization;
    String crop = parts.getOrDefault("crop", "" + CenterCrop.IMAGENET.height());
    boolean square = !crop.contains("x");
    String resize = parts.get("resize");
    if (resize == null) {
      Framing sized = Framing.parse(Squash.NAME, crop);
      resize =
          square
              ? "" + CenterCrop.IMAGENET.resizedHeight()
              : resized(CenterCrop.imagenet(sized.height(), sized.width()));
    }
    return new Preprocessing(
        Framing.parse(resize, crop),
        Named.find(
            Interpolation.values(),
            "interpolation",
            parts.getOrDefault("interpolation", p.interpolation.id())),
        new Normalization(
            Normalization.parse(parts.getOrDefault("mean", Normalization.format(n.mean()))),
            Normalization.parse(parts.getOrDefault("std", Normalization.format(n.std())))));
  }

  private static String resized(CenterCrop crop) {
    return Framing.format(crop.resizedHeight(), crop.resizedWidth());
  }

  /** {@return the preprocessing, as {@link #parse} reads it} */
  @Override
  public String toString() {
    return framing + ",interpolation=" + interpolation.id() + "," + normalization;
  }
}
