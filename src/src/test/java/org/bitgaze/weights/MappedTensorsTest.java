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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors where they lie in a file. */
class MappedTensorsTest {
  private static final int LARGE = 1 << 18;

  @TempDir private Path folder;

  private Path file(String name, float[] large) throws IOException {
    return file(name, Dtype.F32, Dtype.F32.toBytes(large));
  }

  /** A large tensor and a small one behind it. */
  private Path file(String name, Dtype dtype, byte[] large) throws IOException {
    String header =
        ("{\"large\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                + "\"small\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}")
            .formatted(dtype, LARGE, large.length, large.length, large.length + 4);
    header += " ".repeat((8 - header.length() % 8) % 8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + large.length + 4);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    bytes.put(header.getBytes(StandardCharsets.UTF_8)).put(large).putFloat(1);
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

  /** The bytes of a binary16 or of a binary32's upper half are any, but for the exponent of NaN. */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F16", "BF16"})
  void halvesAreMadeFloatsOnce(Dtype dtype) throws IOException {
    byte[] halves = new byte[2 * LARGE];
    new Random(4).nextBytes(halves);
    for (int i = 1; i < halves.length; i += 2) {
      halves[i] &= (byte) 0xbf;
    }
    Path file = file(dtype + ".safetensors", dtype, halves);
    try (TensorSource one = WeightsFile.open(file);
        TensorSource other = WeightsFile.open(file)) {
      ByteBuffer mapped = one.map("large").orElseThrow();
      assertEquals(0, mapped.alignmentOffset(0, 64));
      float[] found = new float[LARGE];
      mapped.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
      assertArrayEquals(one.read("large").data(), found);
      assertSame(mapped, other.map("large").orElseThrow());
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
