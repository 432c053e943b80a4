package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.RgbImage;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.io.LocalFiles;

/**
 * Reads one image.
 *
 * @param <T> the type of its source: a path, bytes, a database record
 */
@FunctionalInterface
public interface ImageReader<T> extends Serializable {
  /**
   * Reads an image.
   *
   * @param source its source
   * @return the image, of any size
   * @throws IOException if it cannot be read; the message becomes the reject's reason
   */
  RgbImage read(T source) throws IOException;

  /** {@return a reader of files by path, local or on any of Beam's file systems} */
  static ImageReader<String> files() {
    return path -> {
      try (InputStream in = open(path)) {
        return ImageDecoder.decode(ImageDecoder.read(in));
      }
    };
  }

  /**
   * Looks up a file's size.
   *
   * @param path of an image, on this machine or any of Beam's file systems
   * @return its size; empty if it cannot be told
   * @throws IOException if it cannot be read
   */
  static Optional<ImageSize> size(String path) throws IOException {
    try (InputStream in = open(path)) {
      return ImageSize.of(ImageDecoder.read(in));
    }
  }

  /**
   * Draws synthetic scenes.
   *
   * @return a reader of scenes
   */
  static ImageReader<Scene> scenes() {
    return Scene::picture;
  }

  private static InputStream open(String path) throws IOException {
    return LocalFiles.isRemote(path)
        ? Channels.newInputStream(FileSystems.open(FileSystems.matchNewResource(path, false)))
        : Files.newInputStream(Path.of(path));
  }
}
