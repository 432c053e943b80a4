package org.bitgaze.saliency;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.image.Framing;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;
import org.bitgaze.image.WholeImage;

/**
 * A method that looks at whole images, as people do. It computes one map per image; each framing
 * shows the part of it that the network sees.
 */
abstract class WholeImageSaliency implements Saliency {

  /**
   * Computes the map of an image. The region starts at the map's left and top edge and is the part
   * that covers the image.
   */
  abstract MapPart map(WholeImage image);

  @Override
  public final Map<Framing, MapPart> maps(String key, Picture picture) {
    WholeImage image =
        picture
            .whole()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the whole image was not kept when it was decoded"));
    MapPart whole = map(image);
    Map<Framing, MapPart> maps = new LinkedHashMap<>();
    for (Framing framing : picture.framings()) {
      Framing.Region seen = image.region(framing);
      maps.put(
          framing,
          new MapPart(whole.map(), seen.within(whole.region().width(), whole.region().height())));
    }
    return maps;
  }
}
