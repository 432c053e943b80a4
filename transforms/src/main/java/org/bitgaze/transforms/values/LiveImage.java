package org.bitgaze.transforms.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.image.Picture;

/**
 * An image on its way through the steps: its pixels, and what was found so far.
 *
 * @param picture the pixels; nothing if the image cannot be read
 * @param maps what was found, and what failed
 * @param logits the outputs that later steps need
 */
public record LiveImage(Optional<Picture> picture, ImageMaps maps, List<NetworkOutputs> logits) {
  /** Copies the list. */
  public LiveImage {
    logits = List.copyOf(logits);
  }

  /**
   * Takes an image that was read.
   *
   * @param picture its pixels
   * @return an image of which nothing is known yet
   */
  public static LiveImage of(Picture picture) {
    return new LiveImage(Optional.of(picture), ImageMaps.NONE, List.of());
  }

  /**
   * Takes an image that cannot be read.
   *
   * @param reject why not
   * @return an image that all steps pass on
   */
  public static LiveImage unreadable(Reject reject) {
    return new LiveImage(Optional.empty(), ImageMaps.NONE.with(reject), List.of());
  }

  /**
   * Changes what was found.
   *
   * @param found what was found by now
   * @return a new image
   */
  public LiveImage with(ImageMaps found) {
    return new LiveImage(picture, found, logits);
  }

  /**
   * Keeps a network's outputs for a later step.
   *
   * @param outputs the outputs
   * @return a new image
   */
  public LiveImage with(NetworkOutputs outputs) {
    List<NetworkOutputs> all = new ArrayList<>(logits);
    all.add(outputs);
    return new LiveImage(picture, maps, all);
  }

  /**
   * Finds the outputs that a step kept.
   *
   * @param model the model's id
   * @param precision such as {@code int8}
   * @return the outputs, unless they were not kept
   */
  public Optional<NetworkOutputs> logits(String model, String precision) {
    return logits.stream()
        .filter(l -> l.model().equals(model) && l.precision().equals(precision))
        .findFirst();
  }
}
