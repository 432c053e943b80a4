package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.bitgaze.testing.PthWriter;
import org.bitgaze.testing.PthWriter.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
      check(source.read("large").data(), source.map("large").orElseThrow());
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
      check(one.read("large").data(), mapped);
      assertSame(mapped, other.map("large").orElseThrow());
    }
  }

  /**
   * PyTorch's zip files have storages at multiples of 64 bytes; in its legacy format they begin
   * anywhere. The storage holds 0, 1, 2, ..., and the tensor begins at one of its elements.
   */
  @ParameterizedTest
  @CsvSource({"true, 0", "true, 1", "true, 16", "false, 0", "false, 1"})
  void pytorchsFilesAreMappedWhereverTensorsLie(boolean zip, int first) throws IOException {
    float[] counted = new float[LARGE];
    for (int i = 0; i < LARGE; i++) {
      counted[i] = first + i;
    }
    int elements = LARGE + first;
    Entry entry =
        new Entry(
            "t",
            "FloatStorage",
            elements,
            first,
            new int[] {LARGE},
            new int[] {1},
            Float.BYTES * elements);
    Path file = PthWriter.write(folder.resolve("t.pth"), zip, entry);
    try (TensorSource one = WeightsFile.open(file);
        TensorSource other = WeightsFile.open(file)) {
      ByteBuffer mapped = one.map("t").orElseThrow();
      check(counted, mapped);
      assertArrayEquals(counted, one.read("t").data());
      assertSame(mapped, other.map("t").orElseThrow());
      // A mapping shows what is written to its file; a copy does not.
      byte[] bytes = Files.readAllBytes(file);
      int position = position(bytes, first);
      try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(new byte[4]), position + 4);
      }
      assertEquals(position % 64 == 0, mapped.getFloat(4) == 0, "at " + position);
      assertTrue(!zip || (position % 64 == 0) == (first % 16 == 0), "at " + position);
    }
  }

  /** Where the elements that are counted from a first one on begin in a file. */
  private static int position(byte[] file, int first) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getFloat(at) != first
        || bytes.getFloat(at + 4) != first + 1
        || bytes.getFloat(at + 8) != first + 2) {
      at++;
    }
    return at;
  }

  private static void check(float[] expected, ByteBuffer mapped) {
    assertTrue(mapped.isDirect() && mapped.isReadOnly());
    assertEquals(ByteOrder.LITTLE_ENDIAN, mapped.order());
    assertEquals(0, mapped.alignmentOffset(0, 64));
    float[] found = new float[expected.length];
    mapped.asFloatBuffer().get(found);
    assertArrayEquals(expected, found);
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
        String expected = "tensor 'large' has " + bad + " at element " + (LARGE - 1);
        assertTrue(e.getMessage().endsWith(expected), e.getMessage());
      }
    }
  }

  /** In a JVM that has less than the tensor: the file is named, and the heap is not blamed. */
  @Test
  void memoryThatIsMissingNamesTheFile() throws Exception {
    Path file = file("large.safetensors", values());
    Process small =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxDirectMemorySize=900k",
                "-cp",
                System.getProperty("java.class.path"),
                Small.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, small.waitFor(), said);
    assertTrue(said.contains(file + ": no memory outside the heap for floats: "), said);
    assertTrue(said.contains("-XX:MaxDirectMemorySize gives more"), said);
    assertFalse(said.contains("OutOfMemoryError"), said);
  }

  /** Maps a tensor, and says what went wrong, with its causes. */
  static final class Small {
    public static void main(String[] arguments) throws IOException {
      try (TensorSource source = WeightsFile.open(Path.of(arguments[0]))) {
        source.map("large");
      } catch (WeightsException e) {
        e.printStackTrace(System.out);
      }
    }
  }
}
