package org.bitgaze.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A JPEG file without its APP2 segments: Java's readers would apply the colour profile in them. Its
 * Adobe marker is rewritten such that Java's readers take the colour space that libjpeg takes.
 *
 * @param content the file from its start to its end, with one fill byte before each marker
 * @param components the number of colour components: 1 (grey), 3 (YCbCr or RGB) or 4 (CMYK or YCCK)
 */
record JpegFile(int width, int height, int components, byte[] content) implements ImageFile {
  private static final int RGB_IDENTIFIERS = 'R' << 16 | 'G' << 8 | 'B';
  private static final int TEM = 0x01;
  private static final int RST0 = 0xd0;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP2 = 0xe2;
  private static final int APP14 = 0xee;

  private static final String JFIF = "JFIF\0";
  private static final int JFIF_LENGTH = 14;

  /** Identifier, version, two words of flags; the transform follows. */
  private static final String ADOBE = "Adobe\0\u0064\0\0\0\0";

  private static final int ADOBE_SEGMENT = 2 + 2 + ADOBE.length() + 1;

  /** Walks the segments up to the first scan, as libjpeg does, however many there are. */
  static JpegFile open(byte[] file) throws ImageFormatException {
    ByteBuffer kept = ByteBuffer.allocate(file.length + ADOBE_SEGMENT);
    kept.position(2 + ADOBE_SEGMENT);
    int at = 2;
    int[] frame = null;
    boolean hasJfif = false;
    OptionalInt transform = OptionalInt.empty();
    while (true) {
      // What stands between segments is skipped; a marker may follow any number of fill bytes.
      while (at < file.length && byteAt(file, at) != 0xff) {
        at++;
      }
      while (at < file.length && byteAt(file, at) == 0xff) {
        at++;
      }
      if (at + 3 > file.length) {
        throw new ImageFormatException("truncated image: it ends before its first scan");
      }
      int marker = byteAt(file, at++);
      if (marker == 0 || marker == TEM || (marker >= RST0 && marker < SOI)) {
        continue;
      }
      int length = shortAt(file, at);
      if (marker == SOI || marker == EOI || length < 2) {
        throw new ImageFormatException(
            "damaged image: marker 0x%x before its first scan".formatted(marker));
      }
      if (at + length > file.length) {
        throw new ImageFormatException("truncated image: a segment passes its end");
      }
      if (isFrame(marker)) {
        frame = frame(marker, file, at, length);
      }
      if (marker == APP14 && startsWith(file, at, length, "Adobe", ADOBE.length() + 1)) {
        transform = OptionalInt.of(byteAt(file, at + 2 + ADOBE.length()));
      }
      hasJfif |= marker == APP0 && startsWith(file, at, length, JFIF, JFIF_LENGTH);
      if (marker != APP2 && marker != APP14) {
        kept.put((byte) 0xff).put((byte) marker);
        kept.put(file, at, marker == SOS ? file.length - at : length);
      }
      at += length;
      if (marker == SOS) {
        break;
      }
    }
    if (frame == null) {
      throw new ImageFormatException("damaged image: a scan before its frame");
    }
    Optional<byte[]> adobe = adobe(frame, hasJfif, transform);
    int start = adobe.isPresent() ? 0 : ADOBE_SEGMENT;
    int end = kept.position();
    kept.position(start).put((byte) 0xff).put((byte) SOI);
    adobe.ifPresent(kept::put);
    return new JpegFile(frame[0], frame[1], frame[2], Arrays.copyOfRange(kept.array(), start, end));
  }

  /**
   * The marker that says to Java's readers what libjpeg concludes: JFIF means YCbCr whatever an
   * Adobe marker says; transform 0 means RGB or CMYK, and any other YCbCr or YCCK; without both
   * markers three components are YCbCr unless they are called R, G and B, and four are CMYK.
   * (Function default_decompress_parms.)
   */
  private static Optional<byte[]> adobe(int[] frame, boolean hasJfif, OptionalInt transform) {
    int components = frame[2];
    if (components == 1 || components == 3 && hasJfif) {
      return Optional.empty();
    }
    int converted = components == 4 ? 2 : 1;
    int unsaid = components == 3 && frame[3] != RGB_IDENTIFIERS ? converted : 0;
    ByteBuffer segment = ByteBuffer.allocate(ADOBE_SEGMENT);
    segment.put((byte) 0xff).put((byte) APP14).putShort((short) (ADOBE_SEGMENT - 2));
    segment.put(ADOBE.getBytes(StandardCharsets.ISO_8859_1));
    segment.put((byte) (transform.orElse(unsaid) == 0 ? 0 : converted));
    return Optional.of(segment.array());
  }

  /** Whether a segment's data, behind its length, are long enough and start with a text. */
  private static boolean startsWith(byte[] file, int at, int length, String text, int least) {
    byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
    return length - 2 >= least
        && Arrays.equals(file, at + 2, at + 2 + expected.length, expected, 0, expected.length);
  }

  /** Returns width, height, number of components, and the identifiers of the first three. */
  private static int[] frame(int marker, byte[] file, int at, int length)
      throws ImageFormatException {
    if (marker > 0xc2) {
      throw new ImageFormatException(
          "JPEG coding SOF%d is not supported; baseline and progressive Huffman coding are"
              .formatted(marker - 0xc0));
    }
    if (length < 8) {
      throw new ImageFormatException("damaged image: its frame header is too short");
    }
    int bits = byteAt(file, at + 2);
    int components = byteAt(file, at + 7);
    if (bits != 8 || components == 2 || components < 1 || components > 4) {
      throw new ImageFormatException(
          "JPEG with %d components of %d bits is not supported; 1, 3 or 4 components of 8 bits are"
              .formatted(components, bits));
    }
    if (length < 8 + 3 * components) {
      throw new ImageFormatException("damaged image: its frame header is too short");
    }
    int identifiers = 0;
    for (int i = 0; i < Math.min(components, 3); i++) {
      identifiers = identifiers << 8 | byteAt(file, at + 8 + 3 * i);
    }
    return new int[] {shortAt(file, at + 5), shortAt(file, at + 3), components, identifiers};
  }

  /** SOF0 to SOF15, but not the tables (DHT, JPG, DAC) that lie among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static int shortAt(byte[] file, int index) {
    return byteAt(file, index) << 8 | byteAt(file, index + 1);
  }

  private static int byteAt(byte[] file, int index) {
    return file[index] & 0xff;
  }

  @Override
  public double bytesPerPixel() {
    // Three components are decoded into the result.
    return components == 3 ? 3 : components + 3;
  }

  @Override
  public RgbImage decode() throws IOException {
    return Samples.toRgb(PixelReader.read(content));
  }
}
