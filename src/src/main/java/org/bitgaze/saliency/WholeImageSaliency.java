package org.bitgaze.saliency;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.image.Framing;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;
import org.bitgaze.image.WholeImage;

/**
 * A method that looks at whole images, as people do. Its map is made once, and seen through what
 * each network sees.
 */
abstract class WholeImageSaliency implements Saliency {

  /** Makes a map, and says which part of it, from its left and top edges, is the image. */
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
