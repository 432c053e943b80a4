package org.bitgaze.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageReader;

/** Google's decoder of WebP. Its native library is unpacked when the first file is decoded. */
final class Libwebp {
  private static final String FOLDER = "com.luciad.imageio.webp.tmpdir";
  private static final WebPImageReaderSpi READERS = new WebPImageReaderSpi();

  static {
    if (System.getProperty(FOLDER) == null) {
      try {
        // Of its own: the loader looks through the whole folder for libraries to delete.
        Path folder = Files.createTempDirectory("bitgaze-libwebp");
        folder.toFile().deleteOnExit();
        System.setProperty(FOLDER, folder.toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Libwebp() {}

  /**
   * Creates a reader.
   *
   * @return a reader of images without animation
   * @throws IOException if it cannot be created
   */
  static ImageReader reader() throws IOException {
    return READERS.createReaderInstance(null);
  }
}
