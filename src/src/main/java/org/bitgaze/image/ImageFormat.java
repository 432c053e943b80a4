package org.bitgaze.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The file formats that can be decoded, recognized by their first bytes. */
enum ImageFormat {
  JPEG("\u00ff\u00d8") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return JpegFile.open(file);
    }
  },
  PNG("\u0089PNG\r\n\u001a\n") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return PngFile.open(file);
    }
  },
  WEBP("RIFF????WEBP") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return WebpFile.open(file);
    }
  },
  GIF("GIF8?a") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return GifFile.open(file);
    }
  },
  BMP("BM") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return BmpFile.open(file);
    }
  },
  TIFF("II*\0", "MM\0*", "II+\0", "MM\0+") {
    @Override
    ImageFile open(byte[] file) throws ImageFormatException {
      return TiffFile.open(file);
    }
  };

  /** Latin-1; a question mark stands for any byte. */
  private final String[] starts;

  ImageFormat(String... starts) {
    this.starts = starts;
  }

  /**
   * Reads the header.
   *
   * @throws ImageFormatException if it is damaged or of an unsupported kind
   */
  abstract ImageFile open(byte[] file) throws ImageFormatException;

  /**
   * Recognizes a file and reads its header.
   *
   * @throws ImageFormatException if it has another format, or its header is damaged
   */
  static ImageFile header(byte[] file) throws ImageFormatException {
    return of(file)
        .orElseThrow(
            () -> new ImageFormatException("not a JPEG, PNG, WebP, GIF, BMP or TIFF image"))
        .open(file);
  }

  /** {@return the format of a file, if it is one of these} */
  static Optional<ImageFormat> of(byte[] file) {
    return Arrays.stream(values())
        .filter(f -> Arrays.stream(f.starts).anyMatch(start -> startsWith(file, start)))
        .findFirst();
  }

  private static boolean startsWith(byte[] file, String start) {
    byte[] expected = start.getBytes(StandardCharsets.ISO_8859_1);
    if (file.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != '?' && expected[i] != file[i]) {
        return false;
      }
    }
    return true;
  }
}
