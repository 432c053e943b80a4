package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    float[] values = {1, -2.5f, 0, 65504, 6e-8f, -0.333251953125f};
    for (Dtype dtype : List.of(Dtype.F32, Dtype.F16)) {
      TensorMap source = new TensorMap("t", Map.of("a", new Tensor(new int[] {2, 3}, values)));
      Path file = folder.resolve(dtype + ".safetensors");
      SafetensorsWriter.write(source, dtype, Map.of("k", "v"), file);
      try (Safetensors read = Safetensors.copyOf(Files.newInputStream(file))) {
        assertEquals("v", read.metadata().get("k"));
        float[] expected = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          expected[i] = dtype.round(values[i]);
        }
        assertArrayEquals(expected, read.read("a").data());
        assertArrayEquals(new int[] {2, 3}, read.shape("a"));
      }
    }
  }

  @Test
  void tooLargeValuesAreRefused() {
    TensorMap source =
        new TensorMap("t", Map.of("a", new Tensor(new int[] {1}, new float[] {7e4f})));
    assertThrows(
        WeightsException.class,
        () -> SafetensorsWriter.write(source, Dtype.F16, Map.of(), folder.resolve("x")));
  }

  /** Against a search through all float16 values, decoded by this library's reader. */
  @Test
  void halvesAreTheNearest() {
    ByteBuffer all = ByteBuffer.allocate(2 * 0x7c00).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 0x7c00; bits++) {
      all.putShort((short) bits);
    }
    float[] halves = Dtype.F16.toFloats(all.flip());
    for (int bits = 0; bits < halves.length; bits++) {
      assertEquals(halves[bits], Dtype.F16.round(halves[bits]));
      assertEquals(-halves[bits], Dtype.F16.round(-halves[bits]));
      if (bits > 0) {
        // Half way between two neighbours: the one with the even pattern.
        float middle = (float) (((double) halves[bits - 1] + halves[bits]) / 2);
        assertEquals(halves[bits % 2 == 0 ? bits : bits - 1], Dtype.F16.round(middle));
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(10) - 6));
      if (Math.abs(value) < 65504) {
        int at = java.util.Arrays.binarySearch(halves, Math.abs(value));
        int above = at >= 0 ? at : -at - 1;
        float low = halves[Math.max(0, at >= 0 ? at : above - 1)];
        float high = halves[above];
        float nearest = Math.abs(value) - low < high - Math.abs(value) ? low : high;
        if (Math.abs(value) - low != high - Math.abs(value)) {
          assertEquals(Math.copySign(nearest, value), Dtype.F16.round(value));
        }
      }
    }
  }
}
