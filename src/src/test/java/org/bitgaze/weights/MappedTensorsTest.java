package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bitgaze.testing.PthWriter;
import org.bitgaze.testing.PthWriter.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors where they lie in a file. */
class MappedTensorsTest {
  private static final int LARGE = 1 << 18;

  @TempDir private Path folder;

  /** A large tensor and a small one behind it. */
  private Path file(String name, float[] large) throws IOException {
    String header =
        ("{\"large\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                + "\"small\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}")
            .formatted(LARGE, 4 * LARGE, 4 * LARGE, 4 * LARGE + 4);
    header += " ".repeat((8 - header.length() % 8) % 8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 4 * LARGE + 4);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.UTF_8));
    bytes.asFloatBuffer().put(large).put(1f);
    return Files.write(folder.resolve(name), bytes.array());
  }

  private static float[] values() {
    Random random = new Random(3);
    float[] values = new float[LARGE];
    for (int i = 0; i < LARGE; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  @Test
  void mappedIsWhatIsRead() throws IOException {
    try (TensorSource source = WeightsFile.open(file("a.safetensors", values()))) {
      ByteBuffer mapped = source.map("large").orElseThrow();
      float[] found = new float[LARGE];
      mapped.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
      assertArrayEquals(source.read("large").data(), found);
      assertTrue(source.map("small").isEmpty());
    }
  }

  /**
   * PyTorch's zip files have storages at multiples of 64 bytes; in its legacy format they begin
   * anywhere, here at four positions of which one is a float's. The storage holds 0, 1, 2, ..., and
   * the tensor begins at its second element.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pytorchsFilesAreMappedWhereverTensorsLie(boolean zip) throws IOException {
    float[] counted = new float[LARGE];
    for (int i = 0; i < LARGE; i++) {
      counted[i] = i + 1;
    }
    for (String name : List.of("t", "tt", "ttt", "tttt")) {
      Entry entry =
          new Entry(
              name, "FloatStorage", LARGE + 1, 1, new int[] {LARGE}, new int[] {1}, 4 * LARGE + 4);
      Path file = PthWriter.write(folder.resolve(name + ".pth"), zip, entry);
      try (TensorSource one = WeightsFile.open(file);
          TensorSource other = WeightsFile.open(file)) {
        ByteBuffer mapped = one.map(name).orElseThrow();
        assertTrue(mapped.isDirect());
        assertEquals(0, mapped.alignmentOffset(0, 64));
        float[] found = new float[LARGE];
        mapped.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
        assertArrayEquals(counted, found);
        assertArrayEquals(counted, one.read(name).data());
        assertSame(mapped, other.map(name).orElseThrow());
      }
    }
  }

  /** Held together, so that neither is collected in between. */
  @Test
  void aFileIsMappedOnceForAllWhoWantIt() throws IOException {
    Path file = file("b.safetensors", values());
    try (TensorSource one = WeightsFile.open(file);
        TensorSource other = WeightsFile.open(file)) {
      ByteBuffer first = one.map("large").orElseThrow();
      assertSame(first, other.map("large").orElseThrow());
      assertEquals(4 * LARGE, first.remaining());
    }
  }

  @Test
  void whatIsNotFiniteIsRefused() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      float[] values = values();
      values[LARGE - 1] = bad;
      try (TensorSource source = WeightsFile.open(file(bad + ".safetensors", values))) {
        WeightsException e = assertThrows(WeightsException.class, () -> source.map("large"));
        assertTrue(e.getMessage().contains("tensor 'large'"), e.getMessage());
      }
    }
  }
}
