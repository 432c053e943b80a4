package org.bitgaze.scene;

import java.awt.Color;
import java.util.Random;

/**
 * Background, light and camera of a scene.
 *
 * @param ground the two colours that the background's texture mixes, RGB
 * @param grain size of the texture's largest features, in pixels
 * @param lightX relative change of brightness from the centre to the right edge
 * @param lightY relative change of brightness from the centre to the lower edge
 * @param exposure factor on all brightness
 * @param blur weight of each neighbour in a pixel, in [0, 0.25], along both axes
 * @param noise amplitude of the sensor's noise, in steps of 255
 */
record SceneLook(
    int[] ground,
    double grain,
    double lightX,
    double lightY,
    double exposure,
    double blur,
    double noise) {

  static SceneLook of(Random random) {
    float hue = random.nextFloat();
    int[] ground = new int[2];
    for (int i = 0; i < 2; i++) {
      float saturation = 0.05f + 0.4f * random.nextFloat();
      float brightness = 0.25f + 0.55f * random.nextFloat();
      ground[i] = Color.HSBtoRGB(hue + 0.2f * random.nextFloat(), saturation, brightness);
    }
    double angle = SceneObject.between(random, 0, 2 * Math.PI);
    double strength = SceneObject.between(random, 0.05, 0.35);
    return new SceneLook(
        ground,
        SceneObject.between(random, 24, 96),
        strength * StrictMath.cos(angle),
        strength * StrictMath.sin(angle),
        SceneObject.between(random, 0.75, 1.1),
        SceneObject.between(random, 0, 0.25),
        SceneObject.between(random, 2, 10));
  }
}
