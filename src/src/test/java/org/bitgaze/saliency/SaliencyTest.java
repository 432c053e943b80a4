package org.bitgaze.saliency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.testing.TestImages;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_saliency.StaticSaliencySpectralResidual;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaliencyTest {
  private static Picture picture(RgbImage crop) {
    return new Picture(Map.of(Preprocessing.IMAGENET, crop));
  }

  @Test
  void theCentreIsAGaussian() throws IOException {
    Heatmap map = SaliencyMethod.parse("centre").create().map("a", null, null);
    assertEquals(224, map.width());
    assertEquals(map.values()[0], map.values()[224 * 224 - 1]);
    // One deviation, 56 pixels, right of the middle, half a pixel off in both directions.
    double expected = Math.exp(-(56.5 * 56.5 + 0.25) / (2 * 56.0 * 56.0));
    assertEquals(expected, map.values()[112 * 224 + 168], 1e-7);
  }

  @Test
  void methodsAreFoundByName() {
    assertEquals("maps:a/b", SaliencyMethod.parse("maps:a/b").toString());
    assertEquals("spectral-residual", SaliencyMethod.parse("spectral-residual").toString());
    for (String wrong : new String[] {"maps", "maps:", "centre:x", "center", ""}) {
      assertThrows(IllegalArgumentException.class, () -> SaliencyMethod.parse(wrong));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SaliencyMethod.parse("center"));
    assertTrue(e.getMessage().contains("did you mean centre?"), e.getMessage());
  }

  /** OpenCV itself, given the whole image, returns the small map enlarged. */
  @Test
  void spectralResidualIsOpenCvs() throws IOException {
    RgbImage image = TestImages.crop(5);
    Mat rgb = new Mat(224, 224, opencv_core.CV_8UC3, new BytePointer(image.pixels()));
    Mat bgr = new Mat();
    opencv_imgproc.cvtColor(rgb, bgr, opencv_imgproc.COLOR_RGB2BGR);
    Mat expected = new Mat();
    StaticSaliencySpectralResidual.create().computeSaliency(bgr, expected);
    float[] reference = new float[224 * 224];
    new FloatPointer(expected.data()).get(reference);
    Heatmap found =
        new SpectralResidual()
            .map("a.jpg", picture(image), Preprocessing.IMAGENET)
            .resize(224, 224);
    assertArrayEquals(reference, found.values(), 2e-3f);
  }

  @Test
  void mapsAreFoundByKeyAndCroppedAsPhotographs(@TempDir Path folder) throws IOException {
    // 600 x 300 becomes 512 x 256, of which columns 144 to 368 are seen: white right of the middle.
    BufferedImage map = new BufferedImage(600, 300, BufferedImage.TYPE_BYTE_GRAY);
    map.createGraphics().fillRect(300, 0, 300, 300);
    Files.createDirectories(folder.resolve("a"));
    Files.write(folder.resolve("a/b.png"), TestImages.encode(map, "png"));
    Heatmap found =
        new PrecomputedMaps(folder, "mask").map("a/b.JPEG", null, Preprocessing.IMAGENET);
    assertEquals(0, found.values()[110]);
    assertEquals(1, found.values()[114]);
  }

  @Test
  void aMissingMapIsNamed(@TempDir Path folder) {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                new PrecomputedMaps(folder, "mask").map("a/b.JPEG", null, Preprocessing.IMAGENET));
    assertTrue(e.getMessage().startsWith("there is no mask "), e.getMessage());
    assertTrue(e.getMessage().contains("a/b.png"), e.getMessage());
    assertThrows(
        IOException.class,
        () ->
            new PrecomputedMaps(folder, "mask")
                .map("../../etc/passwd.png", null, Preprocessing.IMAGENET));
  }
}
