package org.bitgaze.image;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * Hides the colour profile of a JPEG file: Java's readers convert to sRGB by it, where Pillow, and
 * so torchvision, takes the samples as they are. CMYK files keep theirs, for there is no conversion
 * to RGB without.
 */
final class JpegProfile {
  private static final int APP2 = 0xe2;
  private static final int START_OF_SCAN = 0xda;

  private JpegProfile() {}

  /**
   * The file without its APP2 segments, or as it is if it is no JPEG of one or three components.
   */
  static InputStream strip(byte[] file) {
    InputStream kept = InputStream.nullInputStream();
    int from = 0;
    int at = 2;
    int components = 0;
    while (at + 9 < file.length && isJpeg(file)) {
      int marker = byteAt(file, at + 1);
      if (byteAt(file, at) != 0xff || marker == START_OF_SCAN) {
        break;
      }
      int end = at + 2 + (byteAt(file, at + 2) << 8 | byteAt(file, at + 3));
      if (marker == APP2) {
        kept = new SequenceInputStream(kept, new ByteArrayInputStream(file, from, at - from));
        from = end;
      } else if (isFrame(marker)) {
        components = byteAt(file, at + 9);
      }
      at = end;
    }
    if (from == 0 || from > file.length || components == 4) {
      return new ByteArrayInputStream(file);
    }
    return new SequenceInputStream(kept, new ByteArrayInputStream(file, from, file.length - from));
  }

  /** Whether it starts as a JPEG file does, whatever follows. */
  static boolean isJpeg(byte[] file) {
    return file.length >= 2 && byteAt(file, 0) == 0xff && byteAt(file, 1) == 0xd8;
  }

  /** SOF0 to SOF15, but not the tables (DHT, JPG, DAC) that lie among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static int byteAt(byte[] file, int index) {
    return file[index] & 0xff;
  }
}
