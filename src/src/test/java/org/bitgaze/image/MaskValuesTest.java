package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import javax.imageio.ImageIO;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks of one disc in many encodings, made by Pillow; the first is 0 and 255. */
class MaskValuesTest {
  private static byte[] file(String folder) throws IOException {
    for (String end : new String[] {".png", ".jpg", ".tif"}) {
      try (InputStream in = MaskValuesTest.class.getResourceAsStream("masks/" + folder + end)) {
        if (in != null) {
          return in.readAllBytes();
        }
      }
    }
    throw new AssertionError("there is no mask " + folder);
  }

  private static BitSet read(byte[] file, String values) throws IOException {
    return Mask.of(MaskValues.parse(values).read(file)).bits();
  }

  private static int differing(BitSet a, BitSet b) {
    BitSet differing = (BitSet) a.clone();
    differing.xor(b);
    return differing.cardinality();
  }

  /** A WebP file whose alpha channel holds the mask, beside one colour. */
  @Test
  void theAlphaChannelOfWebpIsFound() throws IOException {
    BitSet expected = read(file("control-0-255"), "above-half");
    BufferedImage image = new BufferedImage(256, 256, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 65536; i++) {
      image.setRGB(i % 256, i / 256, (expected.get(i) ? 0xff000000 : 0) | 0x808080);
    }
    ByteArrayOutputStream webp = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, "webp", webp));
    for (String values : new String[] {"alpha", "auto"}) {
      assertEquals(0, differing(expected, read(webp.toByteArray(), values)), values);
    }
  }

  /** A TIFF file, turned by its tag as the picture would be. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void turnedTiffsAreMadeUpright(int orientation) throws IOException {
    int[][] tags = {
      {256, 3},
      {257, 2},
      {258, 8},
      {259, 1},
      {262, 1},
      {273, 200},
      {274, orientation},
      {278, 2},
      {279, 6}
    };
    ByteBuffer tiff = ByteBuffer.allocate(206);
    tiff.putInt(0x4d4d002a).putInt(8).putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 3).putInt(1);
      tiff.putShort((short) tag[1]).putShort((short) 0);
    }
    tiff.put(200, new byte[] {1, 1, 0, 0, 0, 0});
    RgbImage mask = MaskValues.parse("1").read(tiff.array());
    // Of the stored rows "110", "000", by the table of the EXIF standard.
    String expected =
        List.of(
                "110/000",
                "011/000",
                "000/011",
                "000/110",
                "10/10/00",
                "01/01/00",
                "00/01/01",
                "00/10/10")
            .get(orientation - 1);
    assertEquals(expected, text(mask));
  }

  /** A GIF file whose only frame is smaller than its canvas. */
  @Test
  void framesOfGifsAreOnTheirCanvas() throws IOException {
    BufferedImage frame = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    frame.setRGB(0, 0, 0xffffff);
    frame.setRGB(1, 0, 0xffffff);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(frame, "gif", out));
    ByteBuffer gif = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    gif.putShort(6, (short) 4).putShort(8, (short) 3);
    int descriptor = 13 + (3 << (gif.get(10) & 7) + 1);
    while (gif.get(descriptor) != 0x2c) {
      descriptor++;
    }
    gif.putShort(descriptor + 1, (short) 1).putShort(descriptor + 3, (short) 2);
    assertEquals("0000/0000/0110", text(MaskValues.AUTO.read(gif.array())));
  }

  private static String text(RgbImage mask) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < mask.width() * mask.height(); i++) {
      text.append(i > 0 && i % mask.width() == 0 ? "/" : "").append(mask.pixels()[3 * i] & 1);
    }
    return text.toString();
  }

  /** With how many pixels of 65,536 may differ: a lossy file's edges. */
  @ParameterizedTest
  @CsvSource({
    "bilevel, 0",
    "zero-one, 0",
    "green-rgb, 0",
    "grey-127, 0",
    "alpha-holds-mask, 0",
    "sixteen-bit-0-1, 0",
    "sixteen-bit-0-65535, 0",
    "float-tiff-0-1, 0",
    "jpeg-mask-same-name, 60"
  })
  void whatIsPlainIsFound(String folder, int most) throws IOException {
    BitSet expected = read(file("control-0-255"), "above-half");
    assertEquals(0, differing(expected, read(file("control-0-255"), "auto")));
    int differing = differing(expected, read(file(folder), "auto"));
    assertTrue(differing <= most, differing + " pixels differ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"aeroplane-128-0-0", "bicycle-0-128-0", "bird-128-128-0", "boat-0-0-128"})
  void palettesAreFoundOrRefused(String name) throws IOException {
    BitSet expected = read(file("control-0-255"), "above-half");
    String folder = "voc-" + name;
    String[] rgb = name.substring(name.indexOf('-') + 1).split("-");
    String colour = "";
    for (String part : rgb) {
      colour += "%02x".formatted(Integer.parseInt(part));
    }
    BitSet chosen = read(file(folder), "palette:" + colour);
    try {
      assertEquals(0, differing(expected, read(file(folder), "auto")));
      assertEquals(0, differing(expected, chosen));
    } catch (ImageFormatException e) {
      assertTrue(e.getMessage().contains("255"), e.getMessage());
      assertTrue(chosen.cardinality() > 0.8 * expected.cardinality());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all-black | the mask is empty: no pixel is the object's; its values are 0",
        "all-white | the mask covers the whole image: every pixel is the object's; its values are 255",
        "inverted-black-object | the whole edge of the mask is white; if it is inverted say",
        "labels-0-1-255-void | the mask's values are 0, 1, 255: they may be class numbers, or 255 a"
      })
  void whatIsAmbiguousIsRefused(String folder, String problem) throws IOException {
    byte[] file = file(folder);
    ImageFormatException e =
        assertThrows(ImageFormatException.class, () -> MaskValues.AUTO.read(file));
    assertTrue(e.getMessage().startsWith(problem), e.getMessage());
  }

  @Test
  void aChoiceDecides() throws IOException {
    BitSet expected = read(file("control-0-255"), "above-half");
    assertEquals(0, differing(expected, read(file("inverted-black-object"), "0")));
    BitSet inverted = read(file("inverted-black-object"), "above-half");
    assertEquals(65536 - expected.cardinality(), inverted.cardinality());
    BitSet labels = read(file("labels-0-1-255-void"), "1");
    BitSet withBorder = read(file("labels-0-1-255-void"), "1,255");
    assertEquals(0, differing(withBorder, read(file("labels-0-1-255-void"), "nonzero")));
    assertTrue(labels.cardinality() < withBorder.cardinality());
    assertEquals(0, differing(expected, read(file("alpha-holds-mask"), "alpha")));
    assertEquals(0, differing(expected, read(file("green-rgb"), "nonzero")));
    assertEquals(0, differing(expected, read(file("zero-one"), "1")));
    assertThrows(ImageFormatException.class, () -> read(file("zero-one"), "2"));
    assertThrows(ImageFormatException.class, () -> read(file("zero-one"), "above-half"));
    assertThrows(ImageFormatException.class, () -> read(file("zero-one"), "alpha"));
    assertThrows(ImageFormatException.class, () -> read(file("green-rgb"), "1"));
    assertThrows(IllegalArgumentException.class, () -> MaskValues.parse("white"));
    assertThrows(IllegalArgumentException.class, () -> MaskValues.parse("1,,2"));
    assertThrows(IllegalArgumentException.class, () -> MaskValues.parse("palette:1"));
  }

  private static BufferedImage disc(BufferedImage image, Color object, boolean soft) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_ANTIALIASING,
        soft ? RenderingHints.VALUE_ANTIALIAS_ON : RenderingHints.VALUE_ANTIALIAS_OFF);
    graphics.setColor(object);
    graphics.fillOval(20, 30, 50, 40);
    graphics.dispose();
    return image;
  }

  private static BufferedImage black(int type) {
    return new BufferedImage(100, 100, type);
  }

  @Test
  void softEdgesAreWhitesAndClassesAreNot() throws IOException {
    BitSet hard = read(TestImages.encode(disc(black(10), Color.WHITE, false), "png"), "auto");
    BitSet soft = read(TestImages.encode(disc(black(10), Color.WHITE, true), "png"), "auto");
    assertTrue(differing(hard, soft) < 100);
    // A class within another, and a trimap's unknown edge.
    for (int level : new int[] {2, 20, 128, 200}) {
      BufferedImage two = disc(black(10), Color.WHITE, false);
      two.getRaster()
          .setSamples(
              40,
              40,
              8,
              8,
              0,
              java.util.Collections.nCopies(64, level).stream().mapToInt(i -> i).toArray());
      byte[] file = TestImages.encode(two, "png");
      assertThrows(ImageFormatException.class, () -> read(file, "auto"), "" + level);
      assertEquals(64, read(file, "" + level).cardinality());
    }
  }

  @Test
  void coloursOtherThanOneOnBlackAreRefused() throws IOException {
    byte[] one = TestImages.encode(disc(black(5), Color.RED, false), "png");
    BitSet disc = read(TestImages.encode(disc(black(10), Color.WHITE, false), "png"), "auto");
    assertEquals(0, differing(disc, read(one, "auto")));
    BufferedImage two = disc(black(5), Color.RED, false);
    two.setRGB(90, 90, Color.BLUE.getRGB());
    byte[] file = TestImages.encode(two, "png");
    ImageFormatException e = assertThrows(ImageFormatException.class, () -> read(file, "auto"));
    assertTrue(e.getMessage().contains("more than black and one other colour"), e.getMessage());
    assertEquals(0, differing(disc, read(file, "palette:ff0000")));
    assertEquals(1, read(file, "palette:#0000FF").cardinality());
  }

  /** Index 0 need not be the background, nor white the last. */
  @Test
  void aPalettesColoursDecide() throws IOException {
    byte[] levels = {(byte) 255, 0};
    BufferedImage image =
        new BufferedImage(
            100,
            100,
            BufferedImage.TYPE_BYTE_BINARY,
            new IndexColorModel(1, 2, levels, levels, levels));
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.BLACK);
    graphics.fillRect(0, 0, 100, 100);
    graphics.dispose();
    byte[] file = TestImages.encode(disc(image, Color.WHITE, false), "png");
    BitSet disc = read(TestImages.encode(disc(black(10), Color.WHITE, false), "png"), "auto");
    assertEquals(0, differing(disc, read(file, "auto")));
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    byte[] whole = file("voc-boat-0-0-128");
    for (int length = 0; length < whole.length - 20; length += 13) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThrows(ImageFormatException.class, () -> MaskValues.AUTO.read(cut), "" + length);
    }
  }

  @Test
  void sizesAreReadAndCompared() throws IOException {
    for (String format : new String[] {"png", "jpg", "gif", "bmp"}) {
      byte[] file = TestImages.encode(new BufferedImage(30, 20, 5), format);
      assertEquals(new ImageSize(30, 20), ImageSize.of(file).orElseThrow());
    }
    assertTrue(ImageSize.of(new byte[40]).isEmpty());
    ImageSize photo = new ImageSize(500, 333);
    assertTrue(new ImageSize(500, 333).hasProportionsOf(photo));
    assertTrue(new ImageSize(250, 167).hasProportionsOf(photo));
    assertTrue(new ImageSize(250, 166).hasProportionsOf(photo));
    assertTrue(new ImageSize(1000, 666).hasProportionsOf(photo));
    assertTrue(!new ImageSize(500, 375).hasProportionsOf(photo));
    assertTrue(!new ImageSize(333, 500).hasProportionsOf(photo));
    assertTrue(!new ImageSize(224, 224).hasProportionsOf(photo));
  }

  /** Eight by eight pixels; a reader allocates what the file says of tiles and samples. */
  @ParameterizedTest
  @CsvSource({"536870912, 1", "16, 2130706433"})
  void aTiffThatAsksForTooMuchMemoryIsRefused(int tileWidth, int samples) {
    int[][] entries = {
      {256, 8},
      {257, 8},
      {258, 8},
      {259, 1},
      {262, 1},
      {277, samples},
      {322, tileWidth},
      {323, 16},
      {324, 8},
      {325, 256}
    };
    ByteBuffer file = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(300);
    file.position(300).putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
    }
    file.putInt(0);
    ImageFormatException refused =
        assertThrows(ImageFormatException.class, () -> MaskImage.decode(file.array()));
    assertTrue(
        refused.getMessage().matches(".*(limit of .* pixels|samples).*"), refused.getMessage());
    assertThrows(ImageFormatException.class, () -> ClassImage.read(file.array()));
  }

  @Test
  void classMapsAreNoJpegs() throws IOException {
    ImageFormatException refused =
        assertThrows(
            ImageFormatException.class, () -> ClassImage.read(file("jpeg-mask-same-name")));
    assertTrue(refused.getMessage().contains("save it as PNG"), refused.getMessage());
  }
}
