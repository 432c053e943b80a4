package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.bitgaze.testing.Pictures;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Hundreds of image files against Pillow's pixels; the resource's README says how. */
class PicturesTest {

  @TestFactory
  List<DynamicTest> pixelsEqualPillows() throws IOException {
    Map<String, byte[]> files = Pictures.all();
    List<DynamicTest> tests = new ArrayList<>();
    String lines = new String(files.get("expected.tsv"), StandardCharsets.UTF_8);
    for (String line : lines.split("\n")) {
      String[] fields = line.split("\t");
      byte[] file = files.get(fields[0]);
      tests.add(
          DynamicTest.dynamicTest(
              fields[0],
              () -> {
                switch (fields[1]) {
                  case "equal" -> assertEquals(fields[2], digest(ImageDecoder.decode(file)));
                  case "near" -> assertNear(files.get(fields[2]), ImageDecoder.decode(file));
                  default -> assertRefused(fields[2], file);
                }
              }));
    }
    assertEquals(604, tests.size());
    return tests;
  }

  private static void assertRefused(String reason, byte[] file) {
    ImageFormatException e =
        assertThrows(ImageFormatException.class, () -> ImageDecoder.decode(file));
    // What a library says behind "damaged image" is its own affair.
    String kind = reason.replaceFirst("^(damaged|truncated) image.*", "$1 image");
    assertTrue(e.getMessage().startsWith(kind), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  private static String digest(RgbImage image) throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(image.pixels());
    return image.width()
        + " x "
        + image.height()
        + " "
        + HexFormat.of().formatHex(digest).substring(0, 16);
  }

  private static void assertNear(byte[] reference, RgbImage image) throws IOException {
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(reference));
    assertEquals(expected.getWidth(), image.width());
    assertEquals(expected.getHeight(), image.height());
    for (int i = 0; i < image.pixels().length; i++) {
      int pixel = i / 3;
      int colour = expected.getRGB(pixel % image.width(), pixel / image.width());
      int sample = colour >> 16 - 8 * (i % 3) & 0xff;
      assertTrue(
          Math.abs(sample - (image.pixels()[i] & 0xff)) <= 1, "sample " + i + " is not " + sample);
    }
  }
}
