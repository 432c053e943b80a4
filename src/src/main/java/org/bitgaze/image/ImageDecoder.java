package org.bitgaze.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * Decodes JPEG, PNG, WebP, GIF, BMP and TIFF, recognized by content. The result equals Pillow's
 * {@code convert("RGB")}, as torchvision's loader uses it: samples are taken as they are, colour
 * profiles and EXIF orientation are ignored (TIFF's own orientation is not), alpha is dropped, and
 * the first image or frame of a file counts, painted on its canvas. Samples of 16 bits keep their
 * upper 8. What cannot be decoded to these pixels is refused by name.
 *
 * <p>Memory is bounded by {@link #MAX_PIXELS} and by {@link DecodingMemory}.
 */
public final class ImageDecoder {
  /** The largest file that is read: 256 MiB, and at most an eighth of the heap. */
  public static final long MAX_BYTES = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

  /** The largest number of pixels of an image: Pillow's threshold for a decompression bomb. */
  public static final long MAX_PIXELS = 89_478_485;

  private ImageDecoder() {}

  /**
   * Decodes an image. Waits while other threads decode images that leave too little heap.
   *
   * @param file the file's content
   * @return the image
   * @throws ImageFormatException if the file is empty, damaged, truncated, of an unsupported kind,
   *     has more than {@link #MAX_PIXELS} pixels, or needs more heap than there is for decoding
   */
  public static RgbImage decode(byte[] file) throws ImageFormatException {
    if (file.length == 0) {
      throw new ImageFormatException("empty file");
    }
    try (DecodingMemory memory = DecodingMemory.open()) {
      ImageFile image = ImageFormat.header(file);
      checkSize(image.width(), image.height());
      memory.reserve(image.width(), image.height(), image.bytesPerPixel(), file.length);
      return image.decode();
    } catch (ImageFormatException | OutOfMemoryError e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      // Readers meet damaged files with almost any exception, and with a StackOverflowError.
      throw new ImageFormatException("damaged image: " + describe(e));
    }
  }

  /**
   * Reads an image's file, if it is not too large. Waits while other threads read or decode large
   * files, see {@link DecodingMemory}.
   *
   * @param in the file
   * @return its content
   * @throws ImageFormatException if it has more than {@link #MAX_BYTES} bytes
   * @throws IOException if it cannot be read
   */
  public static byte[] read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(DecodingMemory.SMALL_FILE + 1);
    if (start.length <= DecodingMemory.SMALL_FILE) {
      return start;
    }
    try (DecodingMemory memory = DecodingMemory.open()) {
      memory.reserveLargeFile();
      byte[] rest = in.readNBytes((int) MAX_BYTES + 1 - start.length);
      if (start.length + rest.length > MAX_BYTES) {
        throw new ImageFormatException(
            "a file of more than %d MiB (256 MiB, or an eighth of the heap: use -Xmx for a larger one)"
                .formatted(MAX_BYTES >> 20));
      }
      byte[] file = Arrays.copyOf(start, start.length + rest.length);
      System.arraycopy(rest, 0, file, start.length, rest.length);
      return file;
    }
  }

  /** Checks the size of an image, or of a part of it, before memory is allocated for it. */
  static void checkSize(long width, long height) throws ImageFormatException {
    if (width < 1 || height < 1) {
      throw new ImageFormatException(
          String.format(Locale.ROOT, "damaged image: %d x %d pixels", width, height));
    }
    if (width > MAX_PIXELS / height) {
      throw new ImageFormatException(
          String.format(
              Locale.ROOT,
              "%d x %d pixels exceed the limit of %d pixels",
              width,
              height,
              MAX_PIXELS));
    }
  }

  /** {@return one line about what a reader threw} */
  static String describe(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : message.lines().findFirst().orElse(name).strip();
  }
}
