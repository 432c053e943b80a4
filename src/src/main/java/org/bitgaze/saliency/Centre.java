package org.bitgaze.saliency;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;

/**
 * A Gaussian at the image's centre: exp(-((x - 112)^2 + (y - 112)^2) / (2 * 56^2)) at the centres
 * of 224 x 224 pixels, the same for every image. It is a control: people and networks both look at
 * the centre, so a saliency model is only informative if it agrees with maps better than this does.
 */
public final class Centre implements Saliency {
  private static final int SIDE = 224;

  /** The map of every image. Coders recognize this object and do not write its values. */
  public static final Heatmap MAP = draw();

  Centre() {}

  @Override
  public Map<Framing, MapPart> maps(String key, Picture picture) {
    Map<Framing, MapPart> maps = new LinkedHashMap<>();
    picture.framings().forEach(framing -> maps.put(framing, MapPart.whole(MAP)));
    return maps;
  }

  private static Heatmap draw() {
    double middle = SIDE / 2.0;
    double sigma = SIDE / 4.0;
    float[] values = new float[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      double x = i % SIDE + 0.5 - middle;
      double y = i / SIDE + 0.5 - middle;
      values[i] = (float) Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
    }
    return new Heatmap(SIDE, SIDE, values);
  }
}
