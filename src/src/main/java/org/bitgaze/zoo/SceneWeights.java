package org.bitgaze.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.bitgaze.weights.Safetensors;
import org.bitgaze.weights.WeightsException;

/**
 * Weights that come with Bitgaze: networks that were trained on synthetic scenes. Beside each lies
 * a card that says how it was made and how good it is.
 */
public final class SceneWeights {
  private SceneWeights() {}

  /**
   * Returns the networks that there are weights for.
   *
   * @return torchvision's names
   */
  public static List<String> networks() {
    return List.of(Architecture.MOBILENET_V2.id(), Architecture.SQUEEZENET1_0.id());
  }

  /**
   * Opens a network's weights.
   *
   * @param network torchvision's name
   * @return its tensors, to be closed
   * @throws WeightsException if there are none for this network
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
   * @return a safetensors file, to be closed
   * @throws WeightsException if there are none for this network
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
