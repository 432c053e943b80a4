package org.bitgaze.weights;

import java.io.IOException;
import java.nio.file.Path;

/** Opens files of weights, whatever their format. */
public final class WeightsFile {
  private WeightsFile() {}

  /**
   * Opens a file of weights. Names that torchvision has changed since the file was published are
   * translated.
   *
   * @param file a {@code .safetensors} or {@code .pth} file
   * @return its tensors; to be closed if it is {@link java.io.Closeable}
   * @throws IOException if it cannot be read or is damaged
   */
  public static TensorSource open(Path file) throws IOException {
    boolean safe = file.getFileName().toString().endsWith(".safetensors");
    return new RenamedTensors(safe ? new Safetensors(file) : new PthFile(file));
  }
}
