package org.bitgaze.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The size of an image.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record ImageSize(int width, int height) {
  /** A GIF's screen and an extended WebP's canvas are described in so many bytes. */
  private static final int START = 30;

  /**
   * Reads a size from the beginning of a file; pixels are not decoded.
   *
   * @param in the file, which supports marks
   * @return the size, of the canvas where an image has frames; empty if it cannot be told
   * @throws IOException if the file cannot be read
   */
  public static Optional<ImageSize> of(InputStream in) throws IOException {
    in.mark(START);
    byte[] start = in.readNBytes(START);
    in.reset();
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (start.length == START && text.startsWith("GIF8")) {
      return Optional.of(new ImageSize(little(start, 6, 2), little(start, 8, 2)));
    }
    if (start.length == START && text.startsWith("WEBPVP8X", 8)) {
      return Optional.of(new ImageSize(little(start, 24, 3) + 1, little(start, 27, 3) + 1));
    }
    try (ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        return Optional.empty();
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return Optional.of(new ImageSize(reader.getWidth(0), reader.getHeight(0)));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // A damaged file is rejected where it is decoded.
      return Optional.empty();
    }
  }

  /**
   * Tells whether an image of this size is another one, scaled.
   *
   * @param other the other's size
   * @return whether both have the same proportions, but for rounding to whole pixels
   */
  public boolean hasProportionsOf(ImageSize other) {
    double x = (double) width / other.width;
    double y = (double) height / other.height;
    return Math.abs(x - y) * Math.max(other.width, other.height) <= 1;
  }

  private static int little(byte[] bytes, int at, int length) {
    int value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | bytes[at + i] & 0xff;
    }
    return value;
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
