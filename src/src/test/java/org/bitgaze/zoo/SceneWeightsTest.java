package org.bitgaze.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.train.Evaluation;
import org.bitgaze.weights.Safetensors;
import org.bitgaze.weights.WeightsException;
import org.junit.jupiter.api.Test;

/** The weights that come along are what their cards say. */
class SceneWeightsTest {
  private static Model scenes(String network) {
    return Model.zoo(network).withWeights(new Weights.Scenes());
  }

  private static String card(String network) throws IOException {
    try (InputStream in = SceneWeights.class.getResourceAsStream("scenes/" + network + ".md")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void networksKnowScenesTheyHaveNotSeen() throws IOException {
    for (String network : SceneWeights.networks()) {
      Matcher promised =
          Pattern.compile("Accuracy on 1000 held-out scenes \\(seed 2\\).*: ([\\d.]+) %")
              .matcher(card(network));
      assertTrue(promised.find(), card(network));
      double accuracy = Double.parseDouble(promised.group(1));
      assertTrue(accuracy > 95, network + ": " + accuracy + " %");
      // Neither the card's scenes nor the training's; four deviations, and one scene or two.
      int count = 200;
      double found = 100 * Evaluation.of(scenes(network), 99, count).accuracy();
      double deviation = Math.sqrt(accuracy * (100 - accuracy) / count);
      assertTrue(
          found >= accuracy - 4 * deviation - 1, network + ": " + found + " %, not " + accuracy);
    }
  }

  @Test
  void theyAreSmallAndSayHowTheyWereMade() throws IOException {
    long bytes = 0;
    for (String network : SceneWeights.networks()) {
      try (InputStream in = SceneWeights.stream(network)) {
        int length = in.readAllBytes().length;
        bytes += length;
        assertTrue(!network.equals("vit_scenes") || length <= 4_000_000, length + " bytes");
      }
      try (Safetensors weights = SceneWeights.open(network)) {
        assertEquals(network, weights.metadata().get("network"));
        assertTrue(card(network).contains(weights.metadata().get("command")), card(network));
        assertEquals(
            String.join(",", SceneClass.ALL.stream().map(SceneClass::toString).toList()),
            weights.metadata().get("classes"));
      }
    }
    assertTrue(bytes <= 12_000_000, bytes + " bytes");
  }

  @Test
  void otherNetworksHaveNone() {
    WeightsException e = assertThrows(WeightsException.class, () -> scenes("vgg16").open());
    assertTrue(e.getMessage().contains("no vgg16 trained on scenes"), e.getMessage());
  }
}
