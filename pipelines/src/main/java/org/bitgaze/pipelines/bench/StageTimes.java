package org.bitgaze.pipelines.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.saliency.Saliency;
import org.bitgaze.saliency.SaliencyMethod;

/** The times of all steps but the networks on this machine, in one thread. */
public final class StageTimes {
  private StageTimes() {}

  /**
   * Measures decoding, saliency and measures.
   *
   * @param pictures images of any size
   * @param maps pairs of maps, as networks compute them
   * @param runs number of timed passes over all of them
   * @return milliseconds by stage
   * @throws Exception if a picture cannot be encoded
   */
  public static Map<String, Spread> of(List<RgbImage> pictures, List<Heatmap[]> maps, int runs)
      throws Exception {
    int count = pictures.size();
    List<byte[]> files = new ArrayList<>();
    List<Picture> decoded = new ArrayList<>();
    for (RgbImage picture : pictures) {
      files.add(jpeg(picture));
      decoded.add(Picture.of(picture, List.of(Preprocessing.IMAGENET), true));
    }
    Map<String, Spread> all = new LinkedHashMap<>();
    // The JIT compiler needs a few thousand iterations.
    int warmups = 200 / count;
    all.put(
        "decode, of an image",
        Spread.time(
            warmups,
            runs,
            count,
            () -> {
              for (byte[] file : files) {
                Picture.of(ImageDecoder.decode(file), List.of(Preprocessing.IMAGENET), true);
              }
            }));
    try (Saliency spectral =
        new SaliencyMethod.Choice(SaliencyMethod.SPECTRAL_RESIDUAL, "").create()) {
      all.put(
          "saliency, of an image",
          Spread.time(
              warmups,
              runs,
              count,
              () -> {
                for (Picture picture : decoded) {
                  spectral.maps("bench", picture);
                }
              }));
    }
    all.put(
        "measures, of a pair of maps",
        Spread.time(warmups, runs, count, () -> maps.forEach(StageTimes::compare)));
    return all;
  }

  private static void compare(Heatmap[] pair) {
    MeasureInput subject = MeasureInput.of(ScaledMap.of(pair[0]), ScaledMap.of(pair[1]));
    MeasureCatalog.defaults().stream().filter(m -> !m.needsMask()).forEach(m -> m.compute(subject));
  }

  private static byte[] jpeg(RgbImage picture) throws IOException {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] rgb = picture.pixels();
    for (int i = 0; i < rgb.length / 3; i++) {
      int color = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
      image.setRGB(i % picture.width(), i / picture.width(), color);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
  }
}
