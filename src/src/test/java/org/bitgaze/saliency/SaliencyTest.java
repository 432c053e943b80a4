package org.bitgaze.saliency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.Squash;
import org.bitgaze.image.WholeImage;
import org.bitgaze.measure.Reference;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaliencyTest {
  private static Picture picture(RgbImage whole) {
    return Picture.of(whole, List.of(Preprocessing.IMAGENET), true);
  }

  private static Heatmap seen(Saliency saliency, String key, Picture picture) throws IOException {
    return saliency.maps(key, picture).get(CenterCrop.IMAGENET).resize(224, 224);
  }

  @Test
  void theCentreIsAGaussian() throws IOException {
    Heatmap map = seen(SaliencyMethod.parse("centre").create(), "a", picture(TestImages.crop(1)));
    assertEquals(map.values()[0], map.values()[224 * 224 - 1]);
    // One deviation, 56 pixels, right of the middle, half a pixel off in both directions.
    double expected = Math.exp(-(56.5 * 56.5 + 0.25) / (2 * 56.0 * 56.0));
    assertEquals(expected, map.values()[112 * 224 + 168], 1e-7);
    RawTensors golden = RawTensors.of(Shared.file("saliency/fastgaze.safetensors"));
    assertArrayEquals(golden.floats("centre"), map.values(), 1e-6f);
  }

  /** The whole path from photographs to maps, against an independent implementation's. */
  @Test
  void fastGazesMapsAreTheReferences() throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("saliency/fastgaze.safetensors"));
    JsonNode photos = Golden.json(Files.readAllBytes(Shared.file("saliency/fastgaze.json")));
    assertEquals(golden.count("map."), photos.size());
    assertFalse(photos.isEmpty());
    double worst = 0;
    try (Saliency fastGaze =
        SaliencyMethod.parse("fastgaze:" + Shared.file("saliency/fastgaze.vxm")).create()) {
      for (JsonNode photo : photos) {
        String name = photo.get("photo").asText();
        RgbImage whole =
            ImageDecoder.decode(Files.readAllBytes(Shared.file("photos/" + name + ".JPEG")));
        Picture picture = picture(whole);
        RgbImage fitted = picture.whole().orElseThrow().fitted();
        byte[] expected = new byte[fitted.pixels().length];
        golden.bytes("input." + name).get(expected);
        assertArrayEquals(expected, fitted.pixels(), name + " fitted");
        MapPart part = fastGaze.maps(name, picture).get(CenterCrop.IMAGENET);
        float[] map = part.resize(224, 224).values();
        // Values up to 5.6; the reference says that 1e-4 is ample.
        double error = Golden.error(map, golden.floats("map." + name), 1);
        assertTrue(error < 1e-4, name + ": " + error);
        worst = Math.max(worst, error);
      }
    }
    System.out.println("FastGaze's maps: largest error " + worst);
  }

  /**
   * A network of one's own sees the whole image, squashed to its size; negative maps are raised.
   */
  @Test
  void anybodysNetworkMayPredictWherePeopleLook() throws IOException {
    Path file = Files.createTempFile("bitgaze", ".onnx");
    Path beside = InputDescription.beside(file);
    try {
      OnnxModels.of(17, 1, 3, 40, 80)
          .floats("w", new int[] {1, 3, 1, 1}, -1, -2, -.5f)
          .node("Conv", "x,w", "y")
          .write(file, "y");
      Files.writeString(beside, "{\"preprocessing\": \"resize=40,crop=40,mean=0/0/0,std=1/1/1\"}");
      // Twice as wide as high: fitted to 320 x 160, and then each pixel is the mean of 4 x 4.
      RgbImage image =
          ImageDecoder.decode(TestImages.encode(TestImages.picture(3, 320, 160), "png"));
      try (Saliency saliency = SaliencyMethod.parse("onnx:" + file).create()) {
        MapPart part = saliency.maps("a", picture(image)).get(CenterCrop.IMAGENET);
        RgbImage small = picture(image).whole().orElseThrow().squashed(40, 80);
        float[] values = part.map().values();
        assertEquals(40 * 80, values.length);
        double[] expected = new double[values.length];
        for (int i = 0; i < values.length; i++) {
          double r = (small.pixels()[3 * i] & 0xff) / 255.0;
          double g = (small.pixels()[3 * i + 1] & 0xff) / 255.0;
          double b = (small.pixels()[3 * i + 2] & 0xff) / 255.0;
          expected[i] = -r - 2 * g - .5 * b;
        }
        double least = Arrays.stream(expected).min().orElseThrow();
        for (int i = 0; i < values.length; i++) {
          assertEquals(expected[i] - least, values[i], 1e-5);
        }
      }
    } finally {
      Files.delete(file);
      Files.delete(beside);
    }
  }

  /** A network's output is not changed: others may hold it. */
  @Test
  void negativeValuesAreRemovedInACopy() {
    Heatmap output = new Heatmap(1, 3, new float[] {-2, 0.5f, 3});
    assertArrayEquals(new float[] {0, 0.5f, 3}, FastGazeSaliency.positive(output).values());
    assertArrayEquals(new float[] {0, 2.5f, 5}, OnnxSaliency.raised(output).values());
    assertArrayEquals(new float[] {-2, 0.5f, 3}, output.values());
  }

  /** Under a squash all is seen; a whole image of two framings is looked at once. */
  @Test
  void framingsSeeTheirPartsOfOneMap() throws IOException {
    RgbImage image = ImageDecoder.decode(TestImages.encode(TestImages.picture(3, 400, 200), "png"));
    Preprocessing squash = Preprocessing.IMAGENET.with(new Squash(224));
    Picture picture = Picture.of(image, List.of(Preprocessing.IMAGENET, squash), true);
    Map<Framing, MapPart> maps = new SpectralResidual().maps("a", picture);
    MapPart all = maps.get(squash.framing());
    MapPart crop = maps.get(CenterCrop.IMAGENET);
    assertEquals(Framing.Region.WHOLE, all.region());
    assertSame(all.map(), crop.map());
    // 512 x 256 after resizing, of which 224 x 224 from (144, 16).
    assertEquals(
        new Framing.Region(144 / 512.0, 16 / 256.0, 224 / 512.0, 224 / 256.0), crop.region());
    Picture none = Picture.of(image, List.of(Preprocessing.IMAGENET), false);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new SpectralResidual().maps("a", none))
            .getMessage();
    assertTrue(message.contains("whole image was not kept"), message);
  }

  @Test
  void methodsAreFoundByName() {
    assertEquals("maps:a/b", SaliencyMethod.parse("maps:a/b").toString());
    assertEquals("spectral-residual", SaliencyMethod.parse("spectral-residual").toString());
    assertEquals("fastgaze", SaliencyMethod.parse("fastgaze").toString());
    assertEquals("fastgaze:a.vxm", SaliencyMethod.parse("fastgaze:a.vxm").toString());
    for (String wrong :
        new String[] {
          "maps", "maps:", "onnx", "onnx:", "centre:x", "centre:", "fastgaze:", "center", ""
        }) {
      assertThrows(IllegalArgumentException.class, () -> SaliencyMethod.parse(wrong));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SaliencyMethod.parse("center"));
    assertTrue(e.getMessage().contains("did you mean centre?"), e.getMessage());
  }

  @Test
  void severalAreOfDifferentMethods() {
    assertEquals(
        SaliencyMethod.DEFAULT, SaliencyMethod.parseAll(List.of("spectral-residual", "centre")));
    for (List<String> wrong : List.of(List.of("maps:a", "maps:b"), List.<String>of())) {
      assertThrows(IllegalArgumentException.class, () -> SaliencyMethod.parseAll(wrong));
    }
    for (SaliencyMethod method : SaliencyMethod.values()) {
      assertTrue(method.reference().isSaliency());
    }
    assertEquals(SaliencyMethod.values().length, Reference.all(Reference::isSaliency).size());
  }

  /**
   * OpenCV 4.13's maps of scenes, a mask, an image three pixels high, noise, stripes and a constant
   * image. OpenCV computes angles in float32; this explains differences of up to 1e-6.
   */
  @Test
  void spectralResidualIsOpenCvs() throws IOException {
    RawTensors golden = RawTensors.of(Golden.resource("opencv.safetensors"));
    List<RgbImage> images = new ArrayList<>(Golden.scenePictures("crop"));
    images.add(Golden.scenePictures("mask").get(0));
    images.add(drawn(320, 3, (x, y) -> x % 7 * 30 + y));
    images.add(drawn(317, 201, (x, y) -> (x * 7919 + y * 104729 + x * y) & 255));
    images.add(drawn(320, 320, (x, y) -> x / 40 % 2 * 200));
    images.add(drawn(64, 64, (x, y) -> 77));
    float[] expected = golden.floats("maps");
    assertEquals(images.size(), golden.shape("maps")[0]);
    for (int i = 0; i < images.size(); i++) {
      MapPart found = new SpectralResidual().map(WholeImage.of(images.get(i)));
      assertEquals(Framing.Region.WHOLE, found.region());
      assertArrayEquals(
          Golden.part(expected, i, images.size()), found.map().values(), 3e-6f, "image " + i);
    }
  }

  private static RgbImage drawn(int width, int height, IntBinaryOperator grey) {
    byte[] pixels = new byte[3 * width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) grey.applyAsInt(i / 3 % width, i / 3 / width);
    }
    return new RgbImage(height, width, pixels);
  }

  @Test
  void mapsAreFoundByKeyAndCroppedAsPhotographs(@TempDir Path folder) throws IOException {
    // 600 x 300 becomes 512 x 256, of which columns 144 to 368 are seen: white right of the middle.
    BufferedImage map = new BufferedImage(600, 300, BufferedImage.TYPE_BYTE_GRAY);
    map.createGraphics().fillRect(300, 0, 300, 300);
    Files.createDirectories(folder.resolve("a"));
    Files.write(folder.resolve("a/b.png"), TestImages.encode(map, "png"));
    Heatmap found =
        seen(new PrecomputedMaps(folder, "mask"), "a/b.JPEG", picture(TestImages.crop(1)));
    assertEquals(0, found.values()[110]);
    assertEquals(1, found.values()[114]);
  }

  @Test
  void aMissingMapIsNamed(@TempDir Path folder) {
    IOException e =
        assertThrows(
            IOException.class,
            () -> new PrecomputedMaps(folder, "mask").image("a/b.JPEG", CenterCrop.IMAGENET));
    assertTrue(e.getMessage().startsWith("there is no mask "), e.getMessage());
    assertTrue(e.getMessage().contains("a/b.png"), e.getMessage());
    assertThrows(
        IOException.class,
        () ->
            new PrecomputedMaps(folder, "mask").image("../../etc/passwd.png", CenterCrop.IMAGENET));
  }
}
