package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import javax.imageio.ImageIO;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/**
 * One line of {@code exhibits.jsonl}: an image that the report shows, and all its maps.
 *
 * @param key the image's key
 * @param reasons why it was chosen
 * @param views what networks saw of the image, one for each framing; at least one
 * @param cams the class activation maps
 */
public record ExhibitLine(
    String key, List<ExhibitReason> reasons, List<View> views, List<Cam> cams) {
  /** Maps are stored no larger than they are shown. */
  private static final int MAX_SIDE = 64;

  /** Makes the picture of a framing. */
  @FunctionalInterface
  public interface Crop {
    /**
     * Crops the image.
     *
     * @param framing a framing's text
     * @return what networks with this framing saw
     */
    RgbImage apply(String framing);
  }

  /**
   * What networks with one framing saw of the image. Networks with different preprocessing see
   * different parts of it, and their maps belong to these parts.
   *
   * @param framing the framing, as {@link Framing} prints it
   * @param picture the part of the image, as a JPEG file; null before it was read again
   * @param saliency the saliency maps of this part, by method; without the centre, which is the
   *     same for all images
   * @param mask the object's mask, or null
   */
  public record View(
      String framing,
      @Nullable byte[] picture,
      Map<String, MapImage> saliency,
      @Nullable MapImage mask) {

    static View of(Framing framing, ComparedImage image) {
      Map<String, MapImage> saliency = new LinkedHashMap<>();
      image.saliency().stream()
          .filter(map -> map.framing().equals(framing) && !map.method().isControl())
          .forEach(
              map ->
                  saliency.putIfAbsent(
                      map.method().id(), MapImage.of(map.part().resize(MAX_SIDE, MAX_SIDE))));
      return new View(
          framing.toString(),
          null,
          saliency,
          image.masks().stream()
              .filter(mask -> mask.framing().equals(framing))
              .map(mask -> small(mask.mask().heatmap()))
              .findFirst()
              .orElse(null));
    }
  }

  /**
   * One class activation map.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param framing the framing of the view that it belongs to
   * @param predictedClass the network's own answer
   * @param probability its softmax
   * @param explainedClass what the map explains
   * @param flipped whether the answer differs from f32's
   * @param cc correlation with f32's map, or null if one of them is degenerate
   * @param map the map
   * @param answer the answer, if it is not a class
   */
  public record Cam(
      String model,
      String precision,
      String framing,
      int predictedClass,
      double probability,
      int explainedClass,
      boolean flipped,
      @Nullable Double cc,
      MapImage map,
      @Nullable @JsonInclude(JsonInclude.Include.NON_NULL) AnswerView answer) {

    static Cam of(ComparedMap compared) {
      CamMap map = compared.map();
      return new Cam(
          map.model(),
          map.precision(),
          map.framing().toString(),
          map.predictedClass(),
          map.probability(),
          map.explainedClass(),
          compared.flipped(),
          compared.cc().isPresent() ? (Double) compared.cc().getAsDouble() : null,
          map.hasMap() ? small(map.cam()) : MapImage.NONE,
          map.answer().map(answered -> AnswerView.of(answered, map.framing())).orElse(null));
    }
  }

  /**
   * Makes a line without pictures.
   *
   * @param exhibit the image's maps
   * @return the line
   */
  public static ExhibitLine of(Exhibit exhibit) {
    ComparedImage image = exhibit.image();
    List<View> views =
        Stream.of(
                image.cams().stream().map(cam -> cam.map().framing()),
                image.saliency().stream().map(SeenMap::framing),
                image.masks().stream().map(SeenMask::framing))
            .flatMap(framings -> framings)
            .distinct()
            .map(framing -> View.of(framing, image))
            .toList();
    return new ExhibitLine(
        image.key(), exhibit.reasons(), views, image.cams().stream().map(Cam::of).toList());
  }

  /**
   * Adds the pictures.
   *
   * @param crop crops the image
   * @return a new line
   * @throws IOException if a picture cannot be encoded
   */
  public ExhibitLine with(Crop crop) throws IOException {
    List<View> pictured = new ArrayList<>();
    for (View view : views) {
      byte[] picture = jpeg(crop.apply(view.framing()));
      pictured.add(new View(view.framing(), picture, view.saliency(), view.mask()));
    }
    return new ExhibitLine(key, reasons, pictured, cams);
  }

  /**
   * Returns what a map belongs to.
   *
   * @param cam one of the maps
   * @return the part of the image that its network saw
   */
  public View view(Cam cam) {
    return views.stream().filter(v -> v.framing().equals(cam.framing())).findFirst().orElseThrow();
  }

  private static MapImage small(Heatmap map) {
    return MapImage.of(
        map.resize(Math.min(MAX_SIDE, map.height()), Math.min(MAX_SIDE, map.width())));
  }

  /**
   * Encodes a picture.
   *
   * @param picture the picture
   * @return a JPEG file
   * @throws IOException if it cannot be encoded
   */
  public static byte[] jpeg(RgbImage picture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture.toBufferedImage(), "jpg", out)) {
      throw new IOException("this JVM cannot write JPEG");
    }
    return out.toByteArray();
  }
}
