package org.bitgaze.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.bitgaze.weights.Safetensors;
import org.bitgaze.weights.WeightsException;

/**
 * The bundled weights: networks trained on synthetic scenes. A card beside each file documents its
 * training and accuracy.
 */
public final class SceneWeights {
  private SceneWeights() {}

  /** {@return torchvision's names of the networks with bundled weights} */
  public static List<String> networks() {
    return List.of(
        Architecture.MOBILENET_V2.id(),
        Architecture.SQUEEZENET1_0.id(),
        Architecture.VIT_SCENES.id());
  }

  /**
   * Opens a network's weights.
   *
   * @param network torchvision's name
   * @return its tensors, which the caller closes
   * @throws WeightsException if the network has no bundled weights
   * @throws IOException if they cannot be copied to a temporary file
   */
  public static Safetensors open(String network) throws IOException {
    try (InputStream in = stream(network)) {
      return Safetensors.copyOf(in);
    }
  }

  /**
   * Returns the bytes of a network's weights.
   *
   * @param network torchvision's name
   * @return a safetensors file, which the caller closes
   * @throws WeightsException if the network has no bundled weights
   */
  public static InputStream stream(String network) throws WeightsException {
    InputStream in = SceneWeights.class.getResourceAsStream("scenes/" + network + ".safetensors");
    if (in == null) {
      throw new WeightsException(
          "no " + network + " trained on scenes; there are " + String.join(", ", networks()));
    }
    return in;
  }
}
