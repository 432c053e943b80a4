package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;

class HeatmapTest {

  /** OpenCV 4.13 with INTER_LINEAR. */
  @Test
  void resizesAsOpenCv() throws IOException {
    float[] values = new float[7 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 % 11) - 3;
    }
    Heatmap resized = new Heatmap(7, 5, values).resize(224, 100);
    float[] reference = RawTensors.of(Golden.resource("opencv.safetensors")).floats("resize");
    assertArrayEquals(reference, resized.values(), 1e-4f);
  }

  @Test
  void twoPixelsByHand() {
    Heatmap wide = new Heatmap(1, 2, new float[] {0, 4}).resize(1, 4);
    assertArrayEquals(new float[] {0, 1, 3, 4}, wide.values());
    assertEquals(4, wide.width());
  }

  /** The definition, one pixel at a time: positions in source pixels, edges extended. */
  @Test
  void partsAreWhatTheWholeShows() {
    java.util.Random random = new java.util.Random(2);
    float[] values = new float[6 * 9];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.3f;
    }
    Heatmap map = new Heatmap(6, 9, values);
    Framing.Region region = new Framing.Region(0.1, 0.35, 0.8, 0.65);
    double[] found = map.resample(40, 50, region);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 50; x++) {
        double u = Math.max(0, Math.min(8, (0.1 + (x + 0.5) / 50 * 0.8) * 9 - 0.5));
        double v = Math.max(0, Math.min(5, (0.35 + (y + 0.5) / 40 * 0.65) * 6 - 0.5));
        int left = Math.min((int) u, 7);
        int top = Math.min((int) v, 4);
        double f = u - left;
        double upper = (1 - f) * values[top * 9 + left] + f * values[top * 9 + left + 1];
        double lower = (1 - f) * values[top * 9 + 9 + left] + f * values[top * 9 + left + 10];
        assertEquals(upper + (v - top) * (lower - upper), found[y * 50 + x], 1e-12);
      }
    }
    assertArrayEquals(map.resample(40, 50), map.resample(40, 50, Framing.Region.WHOLE));
  }

  /** The reference's raw grids and offsets give its maps. */
  @Test
  void partsAreTheReferences() throws java.io.IOException {
    RawTensors golden = RawTensors.of(Shared.file("saliency/fastgaze.safetensors"));
    for (JsonNode photo : Golden.json(Files.readAllBytes(Shared.file("saliency/fastgaze.json")))) {
      String name = photo.get("photo").asText();
      float[] grid = golden.floats("grid." + name);
      for (int i = 0; i < grid.length; i++) {
        grid[i] = Math.max(grid[i], 0);
      }
      int[] shape = golden.shape("grid." + name);
      Framing.Region region =
          CenterCrop.IMAGENET
              .region(photo.get("width").asInt(), photo.get("height").asInt())
              .within(
                  photo.get("fitted").get(0).asInt() / (16.0 * shape[1]),
                  photo.get("fitted").get(1).asInt() / (16.0 * shape[0]));
      Heatmap found = new MapPart(new Heatmap(shape[0], shape[1], grid), region).resize(224, 224);
      // The grids were rounded to float32 after the maps were made of them: 6 digits of up to 5.6.
      assertArrayEquals(golden.floats("map." + name), found.values(), 2e-6f, name);
    }
  }
}
