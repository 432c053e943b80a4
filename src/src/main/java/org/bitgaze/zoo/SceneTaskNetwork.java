package org.bitgaze.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.bitgaze.choice.Named;

/**
 * Bundled ONNX files that segment and detect the objects of synthetic scenes: the first 14 stages
 * of the bundled MobileNetV2, and a small head. A card beside each file documents its training.
 */
public enum SceneTaskNetwork implements Named {
  /** One class per pixel, at a quarter of the input's resolution. */
  SEGMENTATION("the category of each pixel"),
  /** Boxes and scores of one scale, without anchors. */
  DETECTION("boxes of the objects");

  private final String description;

  SceneTaskNetwork(String description) {
    this.description = description;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Writes the ONNX file and the description of its input.
   *
   * @param folder where to write them; it is created
   * @return the ONNX file
   * @throws IOException if they cannot be written
   */
  public Path copyTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path onnx = folder.resolve("scenes_" + id() + ".onnx");
    copy(id() + ".onnx", onnx);
    copy(id() + ".json", folder.resolve("scenes_" + id() + ".json"));
    return onnx;
  }

  /** Another process may read the file meanwhile. */
  private static void copy(String resource, Path file) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "scenes", ".part");
    try (InputStream in = SceneTaskNetwork.class.getResourceAsStream("scenes/" + resource)) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
