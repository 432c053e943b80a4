package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JFIF and Adobe markers say about colours, as libjpeg understands them. */
class JpegColoursTest {
  private static final int SHORT = -1;

  /** Where {@code rgb.jpg}, which starts with a JFIF segment, and {@code cmyk.jpg} go on. */
  private static final int AFTER_JFIF = 2 + 2 + 16;

  private static final int AFTER_ADOBE = 2 + 2 + 14;
  private static final int TRANSFORM = AFTER_ADOBE - 1;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, SHORT})
  void jfifMeansYCbCrWhateverAdobeSays(int transform) throws IOException {
    byte[] file = resource("rgb.jpg");
    byte[] expected = pixels(file);
    byte[] rest = Arrays.copyOfRange(file, AFTER_JFIF, file.length);
    byte[] start = Arrays.copyOf(file, AFTER_JFIF);
    assertArrayEquals(expected, pixels(join(start, adobe(transform), rest)));
    byte[] jfif = Arrays.copyOfRange(file, 2, AFTER_JFIF);
    assertArrayEquals(
        expected, pixels(join(Arrays.copyOf(file, 2), adobe(transform), join(jfif, rest))));
  }

  @Test
  void adobeMeansYCbCrWhateverTheComponentsAreCalled() throws IOException {
    byte[] file = resource("rgb.jpg");
    byte[] rest = renamed(Arrays.copyOfRange(file, AFTER_JFIF, file.length), "RGB");
    for (int transform = 1; transform <= 2; transform++) {
      assertArrayEquals(pixels(file), pixels(join(Arrays.copyOf(file, 2), adobe(transform), rest)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\1\2\3", "YCc", "\0\1\2", "rgb"})
  void withoutMarkersOnlyComponentsCalledRgbAreRgb(String names) throws IOException {
    byte[] file = resource("rgb.jpg");
    byte[] start = Arrays.copyOf(file, 2);
    byte[] rest = Arrays.copyOfRange(file, AFTER_JFIF, file.length);
    assertArrayEquals(pixels(file), pixels(join(start, renamed(rest, names))));
    assertFalse(Arrays.equals(pixels(file), pixels(join(start, renamed(rest, "RGB")))));
  }

  @Test
  void fourComponentsAreYcckOnlyByTheirMarker() throws IOException {
    byte[] ycck = resource("cmyk.jpg");
    byte[] expected = pixels(ycck);
    for (int transform : new int[] {1, 3}) {
      byte[] other = ycck.clone();
      other[TRANSFORM] = (byte) transform;
      assertArrayEquals(expected, pixels(other));
    }
    byte[] cmyk = ycck.clone();
    cmyk[TRANSFORM] = 0;
    assertFalse(Arrays.equals(expected, pixels(cmyk)));
    byte[] start = Arrays.copyOf(ycck, 2);
    byte[] rest = Arrays.copyOfRange(ycck, AFTER_ADOBE, ycck.length);
    assertArrayEquals(pixels(cmyk), pixels(join(start, rest)));
    assertArrayEquals(pixels(cmyk), pixels(join(start, renamed(rest, "CMYK"))));
    assertArrayEquals(pixels(cmyk), pixels(join(start, adobe(SHORT), rest)));
  }

  /** A marker that says how components were transformed; one that is too short says nothing. */
  private static byte[] adobe(int transform) {
    byte[] data = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
    byte[] kept = Arrays.copyOf(data, transform == SHORT ? 9 : data.length);
    return join(new byte[] {(byte) 0xff, (byte) 0xee, 0, (byte) (kept.length + 2)}, kept);
  }

  /** Gives components other identifiers than 1, 2, 3, in the frame and in the only scan. */
  private static byte[] renamed(byte[] segments, String identifiers) {
    byte[] out = segments.clone();
    for (int at = 0; out[at + 1] != (byte) 0xda || at == 0; ) {
      at += 2 + ((out[at + 2] & 0xff) << 8 | out[at + 3] & 0xff);
      for (int i = 0; i < identifiers.length(); i++) {
        if (out[at + 1] == (byte) 0xc0) {
          out[at + 10 + 3 * i] = (byte) identifiers.charAt(i);
        } else if (out[at + 1] == (byte) 0xda) {
          out[at + 5 + 2 * i] = (byte) identifiers.charAt(i);
        }
      }
    }
    return out;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] pixels(byte[] file) throws ImageFormatException {
    return ImageDecoder.decode(file).pixels();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = JpegColoursTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
