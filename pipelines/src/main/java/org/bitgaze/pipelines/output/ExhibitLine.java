package org.bitgaze.pipelines.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.annotation.Nullable;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;
import org.bitgaze.image.RgbImage;
import org.bitgaze.transforms.CamMap;
import org.bitgaze.transforms.ComparedMap;
import org.bitgaze.transforms.Exhibit;

/**
 * One line of {@code exhibits.jsonl}: an image that the report shows, and all its maps.
 *
 * @param key the image's key
 * @param reasons why it was chosen
 * @param picture what the networks saw, as a JPEG file
 * @param saliency the saliency map, or null
 * @param mask the object's mask, or null
 * @param cams the class activation maps
 */
public record ExhibitLine(
    String key,
    List<String> reasons,
    byte[] picture,
    @Nullable MapImage saliency,
    @Nullable MapImage mask,
    List<Cam> cams) {
  /** Maps travel no larger than they are shown. */
  private static final int MAX_SIDE = 64;

  /**
   * One class activation map.
   *
   * @param network torchvision's name
   * @param precision such as {@code int8}
   * @param predictedClass the network's own answer
   * @param probability its softmax
   * @param explainedClass what the map explains
   * @param flipped whether the answer differs from f32's
   * @param cc correlation with f32's map, or null if one of them is degenerate
   * @param map the map
   */
  public record Cam(
      String network,
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
          map.network(),
          map.precision(),
          map.predictedClass(),
          map.probability(),
          map.explainedClass(),
          compared.flipped(),
          compared.cc(),
          MapImage.of(map.cam()));
    }
  }

  /**
   * Makes a line.
   *
   * @param exhibit the image's maps
   * @param picture what the networks saw
   * @return the line
   * @throws IOException if the picture cannot be encoded
   */
  public static ExhibitLine of(Exhibit exhibit, RgbImage picture) throws IOException {
    Mask mask = exhibit.maps().mask();
    return new ExhibitLine(
        exhibit.maps().key(),
        exhibit.reasons(),
        jpeg(picture),
        small(exhibit.maps().saliency()),
        mask == null ? null : small(mask.heatmap()),
        exhibit.maps().cams().stream().map(Cam::of).toList());
  }

  private static MapImage small(@Nullable Heatmap map) {
    if (map == null) {
      return null;
    }
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
