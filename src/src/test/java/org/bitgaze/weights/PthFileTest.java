package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.PthWriter;
import org.bitgaze.testing.PthWriter.Entry;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PthFileTest {
  @TempDir private Path folder;

  /** What PyTorch itself wrote, in both formats, against the same tensors as safetensors. */
  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1.pth", "squeezenet1_1.legacy.pth"})
  @NeedsShared("weights/mobilenet_v2.safetensors")
  void readsWhatPyTorchWrites(String name) throws IOException {
    try (Safetensors expected = new Safetensors(Shared.file("weights/squeezenet1_1.safetensors"));
        PthFile found = new PthFile(Shared.file("weights/" + name))) {
      assertEquals(expected.names(), found.names());
      for (String tensor : expected.names()) {
        assertArrayEquals(expected.shape(tensor), found.shape(tensor));
        assertArrayEquals(expected.read(tensor).data(), found.read(tensor).data());
      }
    }
  }

  @Test
  void runsNothing() {
    Path trace = Path.of("/tmp/bitgaze-was-here");
    Path hostile = Shared.file("weights/hostile.pth");
    WeightsException e = assertThrows(WeightsException.class, () -> new PthFile(hostile));
    assertTrue(e.getMessage().contains("'posix.system' is not allowed"), e.getMessage());
    assertFalse(Files.exists(trace));
  }

  @Test
  void namesOffTheListAreRefused() throws IOException {
    Entry entry = new Entry("t", "load", 6, 0, new int[] {6}, new int[] {1}, 24);
    for (boolean zip : new boolean[] {true, false}) {
      Path file = PthWriter.write(folder.resolve("f.pth"), zip, entry);
      WeightsException e = assertThrows(WeightsException.class, () -> new PthFile(file));
      assertTrue(e.getMessage().contains("'torch.load' is not allowed"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "legacy"})
  void readsOffsetsAndStrides(String format) throws IOException {
    // A 2 x 2 view, transposed, of elements 1 to 4 of a storage of 6.
    Entry view = new Entry("t", "FloatStorage", 6, 1, new int[] {2, 2}, new int[] {1, 2}, 24);
    Path file = PthWriter.write(folder.resolve("f.pth"), format.equals("zip"), view);
    try (PthFile pth = new PthFile(file)) {
      assertArrayEquals(new float[] {1, 3, 2, 4}, pth.read("t").data());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfPrecision(boolean zip) throws IOException {
    Entry half = new Entry("t", "HalfStorage", 2, 0, new int[] {2}, new int[] {1}, 4);
    try (PthFile pth = new PthFile(PthWriter.write(folder.resolve("f.pth"), zip, half))) {
      assertEquals(2, pth.read("t").data().length);
    }
    Entry longs = new Entry("t", "LongStorage", 2, 0, new int[] {2}, new int[] {1}, 16);
    try (PthFile pth = new PthFile(PthWriter.write(folder.resolve("g.pth"), zip, longs))) {
      WeightsException e = assertThrows(WeightsException.class, () -> pth.read("t"));
      assertTrue(e.getMessage().contains("elements of type int64"), e.getMessage());
    }
  }

  /** Storage elements, offset, size, stride, bytes that are there. */
  @ParameterizedTest
  @CsvSource({
    "6, 5, 2, 1, 24, reaches past its storage of 6 elements",
    "6, 0, -2, 1, 24, has size -2",
    "6, -1, 2, 1, 24, reaches past",
    "6, 0, 7, 0, 24, reaches past",
    "6, 0, 2, 2147483647, 24, reaches past",
    "2147483647, 0, 2, 1, 24, has a storage of 2147483647 elements in 24 bytes",
    "-6, 0, 2, 1, 24, has a storage of -6 elements"
  })
  void lyingTensorsAreRefused(
      int elements, int offset, int size, int stride, int bytes, String problem)
      throws IOException {
    Entry lie =
        new Entry(
            "t", "FloatStorage", elements, offset, new int[] {size}, new int[] {stride}, bytes);
    Path file = PthWriter.write(folder.resolve("f.pth"), true, lie);
    WeightsException e = assertThrows(WeightsException.class, () -> new PthFile(file));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertTrue(e.getMessage().startsWith(file + ": tensor 't' "), e.getMessage());
    Path legacy = PthWriter.write(folder.resolve("l.pth"), false, lie);
    assertThrows(WeightsException.class, () -> new PthFile(legacy));
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    Entry entry = new Entry("t", "FloatStorage", 6, 0, new int[] {6}, new int[] {1}, 24);
    for (boolean zip : new boolean[] {true, false}) {
      byte[] whole = Files.readAllBytes(PthWriter.write(folder.resolve("f.pth"), zip, entry));
      for (int length = 0; length < whole.length; length += 7) {
        Path file = Files.write(folder.resolve("cut.pth"), Arrays.copyOf(whole, length));
        WeightsException e = assertThrows(WeightsException.class, () -> new PthFile(file));
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        assertTrue(!zip || length < 4 || e.getMessage().contains("is not a ZIP archive"), "" + e);
      }
    }
  }

  @Test
  void oldDenseNetNamesAreTranslated() throws IOException {
    String old = "features.denseblock1.denselayer2.norm.1.weight";
    Entry entry = new Entry(old, "FloatStorage", 6, 0, new int[] {6}, new int[] {1}, 24);
    Path file = PthWriter.write(folder.resolve("f.pth"), true, entry);
    TensorSource weights = WeightsFile.open(file);
    String name = "features.denseblock1.denselayer2.norm1.weight";
    assertEquals(java.util.Set.of(name), weights.names());
    assertEquals(6, weights.read(name).data().length);
    weights.close();
  }
}
