package org.bitgaze.pipelines.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.SeenMap;

/**
 * One line of {@code exhibits.jsonl}: an image that the report shows, and all its maps.
 *
 * @param key the image's key
 * @param reasons why it was chosen
 * @param picture what the networks saw, as a JPEG file, or null before it was looked for
 * @param saliency by method, what networks see of the saliency maps; without the centre, which
 *     shows nothing of the image
 * @param mask the object's mask, or null
 * @param cams the class activation maps
 */
public record ExhibitLine(
    String key,
    List<ExhibitReason> reasons,
    @Nullable byte[] picture,
    Map<String, MapImage> saliency,
    @Nullable MapImage mask,
    List<Cam> cams) {
  /** Maps travel no larger than they are shown. */
  private static final int MAX_SIDE = 64;

  /**
   * One class activation map.
   *
   * @param model its id
   * @param precision such as {@code int8}
   * @param predictedClass the network's own answer
   * @param probability its softmax
   * @param explainedClass what the map explains
   * @param flipped whether the answer differs from f32's
   * @param cc correlation with f32's map, or null if one of them is degenerate
   * @param map the map
   */
  public record Cam(
      String model,
      String precision,
      int predictedClass,
      double probability,
      int explainedClass,
      boolean flipped,
      @Nullable Double cc,
      MapImage map) {

    static Cam of(ComparedMap compared) {
      CamMap map = compared.map();
      return new Cam(
          map.model(),
          map.precision(),
          map.predictedClass(),
          map.probability(),
          map.explainedClass(),
          compared.flipped(),
          compared.cc().isPresent() ? (Double) compared.cc().getAsDouble() : null,
          MapImage.of(map.cam()));
    }
  }

  /**
   * Makes a line without a picture.
   *
   * @param exhibit the image's maps
   * @return the line
   */
  public static ExhibitLine of(Exhibit exhibit) {
    ComparedImage image = exhibit.image();
    return new ExhibitLine(
        image.key(),
        exhibit.reasons(),
        null,
        saliency(image.saliency()),
        image.masks().isEmpty() ? null : small(image.masks().get(0).mask().heatmap()),
        image.cams().stream().map(Cam::of).toList());
  }

  /**
   * Adds the picture.
   *
   * @param seen what the networks saw
   * @return a new line
   * @throws IOException if the picture cannot be encoded
   */
  public ExhibitLine with(RgbImage seen) throws IOException {
    return new ExhibitLine(key, reasons, jpeg(seen), saliency, mask, cams);
  }

  private static Map<String, MapImage> saliency(List<SeenMap> maps) {
    Map<String, MapImage> all = new LinkedHashMap<>();
    for (SeenMap map : maps) {
      if (!map.method().isControl()) {
        all.computeIfAbsent(
            map.method().id(), id -> MapImage.of(map.part().resize(MAX_SIDE, MAX_SIDE)));
      }
    }
    return all;
  }

  private static MapImage small(Heatmap map) {
    return MapImage.of(
        map.resize(Math.min(MAX_SIDE, map.height()), Math.min(MAX_SIDE, map.width())));
  }

  private static byte[] jpeg(RgbImage picture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(picture.toBufferedImage(), "jpg", out)) {
      throw new IOException("this JVM writes no JPEG");
    }
    return out.toByteArray();
  }
}
