package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void readsLosslessFormatsExactly(String format) throws IOException {
    BufferedImage picture = TestImages.picture(1, 65, 43);
    RgbImage image = ImageDecoder.decode(TestImages.encode(picture, format));
    assertEquals(65, image.width());
    assertEquals(43, image.height());
    assertArrayEquals(pixels(picture), image.pixels());
  }

  /** Against the JDK's own decoder, which is asked for another order of the colours. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsJpegAsTheJdkDoes(boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(TestImages.picture(5, 65, 43), null, null), param);
    } finally {
      writer.dispose();
    }
    byte[] file = bytes.toByteArray();
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(file));
    assertArrayEquals(pixels(expected), ImageDecoder.decode(file).pixels());
  }

  @Test
  void readsGif() throws IOException {
    BufferedImage two = new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_BINARY);
    two.setRGB(3, 4, 0xffffff);
    assertArrayEquals(pixels(two), ImageDecoder.decode(TestImages.encode(two, "gif")).pixels());
  }

  @Test
  void greyIsNotConvertedBetweenGammas() throws IOException {
    BufferedImage grey = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    byte[] expected = new byte[256 * 3];
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i, 0, 0, i);
      Arrays.fill(expected, 3 * i, 3 * i + 3, (byte) i);
    }
    assertArrayEquals(expected, ImageDecoder.decode(TestImages.encode(grey, "png")).pixels());
  }

  @Test
  void sixteenBitsKeepTheUpperEight() throws IOException {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(0, 0, 0, 0x12ff);
    grey.getRaster().setSample(1, 0, 0, 0xfe00);
    byte[] pixels = ImageDecoder.decode(TestImages.encode(grey, "png")).pixels();
    assertArrayEquals(new byte[] {0x12, 0x12, 0x12, (byte) 0xfe, (byte) 0xfe, (byte) 0xfe}, pixels);
  }

  @Test
  void alphaIsDropped() throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x10203040);
    assertArrayEquals(
        new byte[] {0x20, 0x30, 0x40},
        ImageDecoder.decode(TestImages.encode(image, "png")).pixels());
  }

  /** A gradient from red (top) to blue, made by ImageMagick in formats that Java does not write. */
  @ParameterizedTest
  @ValueSource(strings = {"cmyk.jpg", "rgb.webp", "rgb.jpg", "oriented.jpg"})
  void readsOddFiles(String name) throws IOException {
    RgbImage image = ImageDecoder.decode(resource(name));
    assertEquals(32, image.width());
    assertEquals(24, image.height());
    int top = 3 * 16;
    int bottom = 3 * (23 * 32 + 16);
    assertTrue((image.pixels()[top] & 0xff) > 180, "red above in " + name);
    assertTrue((image.pixels()[top + 2] & 0xff) < 90, "no blue above in " + name);
    assertTrue((image.pixels()[bottom] & 0xff) < 90, "no red below in " + name);
    assertTrue((image.pixels()[bottom + 2] & 0xff) > 140, "blue below in " + name);
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] jpeg = TestImages.encode(TestImages.picture(1, 200, 200), "jpg");
    byte[] half = Arrays.copyOf(jpeg, jpeg.length / 2);
    ImageFormatException e =
        assertThrows(ImageFormatException.class, () -> ImageDecoder.decode(half));
    assertTrue(e.getMessage().startsWith("truncated image"), e.getMessage());
    byte[] png = TestImages.encode(TestImages.picture(1, 200, 200), "png");
    assertThrows(
        ImageFormatException.class, () -> ImageDecoder.decode(Arrays.copyOf(png, png.length / 2)));
  }

  @Test
  void otherFilesAreRefused() {
    assertEquals("empty file", reason(new byte[0]));
    assertEquals(
        "not a JPEG, PNG, WebP, GIF, BMP or TIFF image",
        reason("a letter".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void bombsAreRefusedBeforeTheyAreDecoded() throws IOException {
    byte[] png = TestImages.encode(TestImages.picture(1, 20, 20), "png");
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 40_000).putInt(20, 40_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    header.putInt(29, (int) crc.getValue());
    assertEquals("40000 x 40000 pixels exceed the limit of 89478485 pixels", reason(png));
  }

  /** The reader inverts them only where their samples lie side by side. */
  @Test
  void greyTiffsFromWhiteToBlackWithAlphaAreRefused() {
    short[][] tags = {
      {256, 1}, {257, 1}, {258, 8}, {259, 1}, {262, 0}, {273, 8}, {277, 2}, {279, 2}, {338, 2}
    };
    ByteBuffer tiff = ByteBuffer.allocate(200);
    tiff.putInt(0x4d4d002a).putInt(10).put((byte) 1).put((byte) 2).putShort((short) tags.length);
    for (short[] tag : tags) {
      tiff.putShort(tag[0]).putShort((short) 3).putInt(1).putShort(tag[1]).putShort((short) 0);
    }
    assertEquals(
        "TIFF with grey levels from white to black and alpha is not supported",
        reason(tiff.array()));
  }

  @Test
  void damagedFilesFailInOneWayOnly() throws IOException {
    byte[] jpeg = TestImages.encode(TestImages.picture(1, 64, 64), "jpg");
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = jpeg.clone();
      for (int k = 0; k < 5; k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        ImageDecoder.decode(damaged);
      } catch (ImageFormatException e) {
        assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
      }
    }
  }

  private static String reason(byte[] file) {
    return assertThrows(ImageFormatException.class, () -> ImageDecoder.decode(file)).getMessage();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ImageDecoderTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] pixels(BufferedImage image) {
    BufferedImage rgb =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = rgb.createGraphics();
    g.drawImage(image, 0, 0, null);
    g.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int y = 0; y < rgb.getHeight(); y++) {
      for (int x = 0; x < rgb.getWidth(); x++) {
        int colour = rgb.getRGB(x, y);
        out.write(colour >> 16);
        out.write(colour >> 8);
        out.write(colour);
      }
    }
    return out.toByteArray();
  }
}
