package org.bitgaze.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds and opens files of weights. */
public final class WeightsFile {
  private static final List<String> EXTENSIONS = List.of(".safetensors");

  private WeightsFile() {}

  /**
   * Finds a network's weights in a folder.
   *
   * @param folder where to look
   * @param network torchvision's name of the network
   * @return {@code <network>.safetensors}
   * @throws WeightsException if there is none
   */
  public static Path find(Path folder, String network) throws WeightsException {
    for (String extension : EXTENSIONS) {
      Path file = folder.resolve(network + extension);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new WeightsException(
        "no weights for "
            + network
            + ": "
            + folder.resolve(network + ".safetensors")
            + " does not exist");
  }

  /**
   * Opens a file of weights.
   *
   * @param file a safetensors file
   * @return its tensors; to be closed if it is {@link java.io.Closeable}
   * @throws IOException if it cannot be read or is damaged
   */
  public static TensorSource open(Path file) throws IOException {
    return new Safetensors(file);
  }
}
