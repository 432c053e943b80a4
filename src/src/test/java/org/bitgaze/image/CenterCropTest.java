package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.Shared;
import org.bitgaze.weights.Safetensors;
import org.junit.jupiter.api.Test;

class CenterCropTest {

  @Test
  void agreesWithTorchvision() throws IOException {
    try (Safetensors golden = new Safetensors(Shared.file("golden/crops.safetensors"))) {
      for (String set : List.of("crops", "calibration")) {
        String[] names = golden.metadata().get(set).split(",");
        List<RgbImage> expected = Golden.images(set);
        for (int i = 0; i < names.length; i++) {
          byte[] file = Files.readAllBytes(Shared.file("photos/" + names[i]));
          compare(names[i], expected.get(i), CenterCrop.apply(ImageDecoder.decode(file)));
        }
      }
    }
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
    RgbImage crop = CenterCrop.apply(new RgbImage(300, 400, pixels));
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
    assertEquals(224, CenterCrop.apply(ribbon).width());
    RgbImage pixel = new RgbImage(1, 1, new byte[] {1, 2, 3});
    assertEquals(2, CenterCrop.apply(pixel).pixels()[1]);
  }
}
