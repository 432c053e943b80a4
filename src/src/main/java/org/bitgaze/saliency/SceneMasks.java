package org.bitgaze.saliency;

import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.scene.Scene;

/** The exact masks of synthetic scenes, cropped as the pictures are: 1 on the object, 0 off it. */
public final class SceneMasks implements Saliency {
  @Override
  public Heatmap map(String key, RgbImage image) {
    return Heatmap.ofGrey(CenterCrop.apply(Scene.of(key).mask()));
  }
}
