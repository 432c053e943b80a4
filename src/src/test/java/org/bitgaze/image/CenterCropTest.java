package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.bitgaze.scene.Scene;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.zoo.PublishedWeights;
import org.junit.jupiter.api.Test;

class CenterCropTest {

  /** To the bit, on what torchvision made of four scenes. */
  @Test
  void scenesAreCroppedAsByTorchvision() throws IOException {
    List<RgbImage> crops = Golden.scenePictures("crop");
    List<RgbImage> masks = Golden.scenePictures("mask");
    for (int i = 0; i < crops.size(); i++) {
      Scene scene = Scene.of(11, i);
      byte[] found = Preprocessing.IMAGENET.apply(scene.picture()).pixels();
      assertArrayEquals(crops.get(i).pixels(), found, scene.key());
      RgbImage mask = Preprocessing.IMAGENET.apply(scene.mask());
      assertEquals(Mask.of(masks.get(i)), Mask.of(mask), scene.key());
    }
  }

  @Test
  @NeedsShared("photos/labels.csv")
  void photographsAreCroppedAndSquashedAsByTorchvision() throws IOException {
    for (String set : List.of("crops", "calibration")) {
      photographs("crops.safetensors", set, Preprocessing.IMAGENET);
    }
    photographs(
        "crops-bicubic.safetensors", "crops", PublishedWeights.EFFICIENTNET_B0.preprocessing());
    // The paper's inputs: the whole photograph, its proportions not kept.
    for (String set : List.of("inputs", "calibration")) {
      photographs(
          "../paper/paper.inputs.safetensors", set, Preprocessing.IMAGENET.with(new Squash(224)));
    }
  }

  private static void photographs(String file, String set, Preprocessing preprocessing)
      throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("golden/" + file));
    JsonNode metadata = golden.header().get("__metadata__");
    String[] names =
        (metadata.has(set) ? metadata.get(set) : metadata.elements().next()).asText().split(",");
    List<RgbImage> expected = Golden.images(file, set);
    assertEquals(expected.size(), names.length, metadata.toString());
    for (int i = 0; i < names.length; i++) {
      RgbImage photo = ImageDecoder.decode(Files.readAllBytes(Shared.file("photos/" + names[i])));
      compare(names[i], expected.get(i), preprocessing.apply(photo));
    }
  }

  /**
   * Against the filter's definition in floating point, a step here and there for the two passes.
   */
  @Test
  void bicubicFollowsItsDefinition() {
    Random random = new Random(4);
    for (int[] size : new int[][] {{240, 250}, {400, 300}, {600, 900}}) {
      byte[] pixels = new byte[size[0] * size[1] * 3];
      random.nextBytes(pixels);
      RgbImage image = new RgbImage(size[0], size[1], pixels);
      RgbImage found = Preprocessing.IMAGENET.with(Interpolation.BICUBIC).apply(image);
      double scale = Math.min(size[0], size[1]) / 256.0;
      int height = size[0] <= size[1] ? 256 : (int) (256.0 * size[0] / size[1]);
      int width = size[0] <= size[1] ? (int) (256.0 * size[1] / size[0]) : 256;
      int top = (int) Math.rint((height - 224) / 2.0);
      int left = (int) Math.rint((width - 224) / 2.0);
      for (int k = 0; k < 200; k++) {
        int y = random.nextInt(224);
        int x = random.nextInt(224);
        double cy = (top + y + 0.5) * size[0] / height;
        double cx = (left + x + 0.5) * size[1] / width;
        double expected = bicubic(image, cy, cx, Math.max(1, scale));
        expected = Math.max(0, Math.min(255, expected));
        assertEquals(expected, found.pixels()[(y * 224 + x) * 3] & 0xff, 1.6);
      }
    }
  }

  /** The red sample: rows clamped to bytes first, as Pillow's first pass does. */
  private static double bicubic(RgbImage image, double cy, double cx, double stretch) {
    double sum = 0;
    double weights = 0;
    for (int y = 0; y < image.height(); y++) {
      double wy = keys((y + 0.5 - cy) / stretch);
      if (wy == 0) {
        continue;
      }
      double row = 0;
      double rowWeights = 0;
      for (int x = 0; x < image.width(); x++) {
        double wx = keys((x + 0.5 - cx) / stretch);
        row += wx * (image.pixels()[(y * image.width() + x) * 3] & 0xff);
        rowWeights += wx;
      }
      sum += wy * Math.max(0, Math.min(255, row / rowWeights));
      weights += wy;
    }
    return sum / weights;
  }

  private static double keys(double distance) {
    double x = Math.abs(distance);
    double a = -0.5;
    if (x < 1) {
      return (a + 2) * x * x * x - (a + 3) * x * x + 1;
    }
    return x < 2 ? a * (x * x * x - 5 * x * x + 8 * x - 4) : 0;
  }

  private static void compare(String name, RgbImage expected, RgbImage found) {
    long sum = 0;
    int far = 0;
    for (int i = 0; i < expected.pixels().length; i++) {
      int difference = Math.abs((expected.pixels()[i] & 0xff) - (found.pixels()[i] & 0xff));
      sum += difference;
      far += difference > 2 ? 1 : 0;
    }
    int n = expected.pixels().length;
    assertTrue((double) sum / n < 0.5, name + ": mean difference " + (double) sum / n);
    assertTrue(far <= 0.001 * n, name + ": " + far + " of " + n + " differ by more than 2");
  }

  @Test
  void aFlatImageStaysFlatAndALadderKeepsItsOrder() {
    byte[] pixels = new byte[300 * 400 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3 / 400 * 255 / 299);
    }
    RgbImage crop = Preprocessing.IMAGENET.apply(new RgbImage(300, 400, pixels));
    int previous = 0;
    for (int y = 0; y < 224; y++) {
      int value = crop.pixels()[y * 224 * 3] & 0xff;
      assertEquals(value, crop.pixels()[y * 224 * 3 + 3 * 100] & 0xff);
      // Row y shows source row (y + 16 + 0.5) * 300 / 256 - 0.5 of a ladder of 255 / 299 a row,
      // whose steps are rounded down.
      double expected = ((y + 16.5) * 300 / 256 - 0.5) * 255 / 299 - 0.5;
      assertEquals(expected, value, 1);
      assertTrue(value >= previous);
      previous = value;
    }
  }

  @Test
  void extremeProportionsCostLittle() {
    RgbImage ribbon = new RgbImage(1, 3_000_000, new byte[9_000_000]);
    assertEquals(224, Preprocessing.IMAGENET.apply(ribbon).width());
    RgbImage pixel = new RgbImage(1, 1, new byte[] {1, 2, 3});
    assertEquals(2, Preprocessing.IMAGENET.apply(pixel).pixels()[1]);
  }
}
