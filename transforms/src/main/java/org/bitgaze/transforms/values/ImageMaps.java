package org.bitgaze.transforms.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitgaze.explain.Truth;
import org.bitgaze.image.ImageSize;

/**
 * What was found of an image so far, and what failed. A few kilobytes.
 *
 * @param label the class that it shows, where that is known
 * @param size its size in pixels, where it was decoded
 * @param truth what it shows, of a task that is not classification, where that is known
 * @param masks masks of the object, where its source knows them
 * @param saliency saliency maps, one per method and part of the image that networks see
 * @param cams class activation maps
 * @param rejects what could not be done, and why
 * @param checks how right the maps are, where that was checked
 */
public record ImageMaps(
    OptionalInt label,
    Optional<ImageSize> size,
    Optional<Truth> truth,
    List<SeenMask> masks,
    List<SeenMap> saliency,
    List<CamMap> cams,
    List<Reject> rejects,
    MapChecks checks) {
  /** Nothing yet. */
  public static final ImageMaps NONE =
      new ImageMaps(
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          MapChecks.NONE);

  /** Copies the lists. */
  public ImageMaps {
    masks = List.copyOf(masks);
    saliency = List.copyOf(saliency);
    cams = List.copyOf(cams);
    rejects = List.copyOf(rejects);
  }

  /**
   * Says what the image shows.
   *
   * @param classIndex its label
   * @return new maps
   */
  public ImageMaps withLabel(int classIndex) {
    return new ImageMaps(
        OptionalInt.of(classIndex), size, truth, masks, saliency, cams, rejects, checks);
  }

  /**
   * Says how large the image is.
   *
   * @param pixels its size
   * @return new maps
   */
  public ImageMaps withSize(ImageSize pixels) {
    return new ImageMaps(label, Optional.of(pixels), truth, masks, saliency, cams, rejects, checks);
  }

  /**
   * Says what the image shows.
   *
   * @param shown of the task of the models
   * @return new maps
   */
  public ImageMaps with(Truth shown) {
    return new ImageMaps(label, size, Optional.of(shown), masks, saliency, cams, rejects, checks);
  }

  /**
   * Adds a mask.
   *
   * @param mask the mask
   * @return new maps
   */
  public ImageMaps with(SeenMask mask) {
    return new ImageMaps(label, size, truth, append(masks, mask), saliency, cams, rejects, checks);
  }

  /**
   * Adds a saliency map.
   *
   * @param map the map
   * @return new maps
   */
  public ImageMaps with(SeenMap map) {
    return new ImageMaps(label, size, truth, masks, append(saliency, map), cams, rejects, checks);
  }

  /**
   * Adds a class activation map.
   *
   * @param cam the map
   * @return new maps
   */
  public ImageMaps with(CamMap cam) {
    return new ImageMaps(label, size, truth, masks, saliency, append(cams, cam), rejects, checks);
  }

  /**
   * Adds a failure.
   *
   * @param reject what failed, and why
   * @return new maps
   */
  public ImageMaps with(Reject reject) {
    return new ImageMaps(
        label, size, truth, masks, saliency, cams, append(rejects, reject), checks);
  }

  /**
   * Adds what a check of maps has found.
   *
   * @param found how right some maps are
   * @return new maps
   */
  public ImageMaps with(MapChecks found) {
    return new ImageMaps(label, size, truth, masks, saliency, cams, rejects, checks.and(found));
  }

  /**
   * Finds a class activation map.
   *
   * @param model the model's id
   * @param precision such as {@code f32}
   * @return the map, unless it failed
   */
  public Optional<CamMap> cam(String model, String precision) {
    return cams.stream()
        .filter(c -> c.model().equals(model) && c.precision().equals(precision))
        .findFirst();
  }

  private static <T> List<T> append(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list);
    longer.add(element);
    return longer;
  }
}
