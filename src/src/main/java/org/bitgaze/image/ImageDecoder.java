package org.bitgaze.image;

import java.io.IOException;
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
      ImageFile image =
          ImageFormat.of(file)
              .orElseThrow(
                  () -> new ImageFormatException("not a JPEG, PNG, WebP, GIF, BMP or TIFF image"))
              .open(file);
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

  private static String describe(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : message.lines().findFirst().orElse(name).strip();
  }
}
