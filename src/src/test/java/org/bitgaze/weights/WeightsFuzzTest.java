package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bitgaze.testing.PthWriter;
import org.bitgaze.testing.PthWriter.Entry;
import org.bitgaze.testing.VxmWriter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some seconds of damaged files: whatever the bytes, a reader returns tensors or throws a {@link
 * WeightsException}, and never an OutOfMemoryError. {@code -Dbitgaze.fuzz.seconds} changes the
 * time, {@code -Dbitgaze.fuzz.seed} repeats a failure.
 */
class WeightsFuzzTest {
  private static final long SECONDS = Long.getLong("bitgaze.fuzz.seconds", 5);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.safetensors",
        "zip.pth",
        "legacy.pth",
        "a.vxm",
        "optimizer-legacy.pth",
        "protocol-5.pth"
      })
  void damagedFilesFailInOneWayOnly(String name) throws IOException {
    Path file = folder.resolve(name);
    byte[] whole = Files.readAllBytes(make(file));
    long seed = Long.getLong("bitgaze.fuzz.seed", System.nanoTime());
    Random random = new Random(seed);
    long end = System.nanoTime() + SECONDS * 1_000_000_000L / 6;
    int refused = 0;
    int runs = 0;
    for (; System.nanoTime() < end; runs++) {
      byte[] damaged = damage(whole, random);
      Files.write(file, damaged);
      try {
        readAll(file);
      } catch (WeightsException e) {
        if (!("" + e.getMessage()).contains(file.toString())) {
          throw new AssertionError(repeat(name, runs, seed), e);
        }
        refused++;
      } catch (Throwable e) {
        throw new AssertionError(repeat(name, runs, seed), e);
      }
    }
    assertTrue(refused > runs / 20, refused + " refused; " + repeat(name, runs, seed));
  }

  private static String repeat(String name, int run, long seed) {
    return name + ", run " + run + ": repeat it with -Dbitgaze.fuzz.seed=" + seed;
  }

  private static Path make(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.startsWith("optimizer") || name.startsWith("protocol")) {
      return CheckpointsTest.small(name, file.getParent());
    }
    if (file.toString().endsWith(".safetensors")) {
      return SafetensorsWriter.write(
          new org.bitgaze.testing.FormulaWeights(
              new org.bitgaze.network.Graph(
                  "tiny",
                  java.util.List.of(
                      new org.bitgaze.network.Node(
                          "input",
                          "input",
                          new org.bitgaze.network.op.Input(3),
                          java.util.List.of()),
                      new org.bitgaze.network.Node(
                          "fc",
                          "fc",
                          new org.bitgaze.network.op.Linear(3, 4),
                          java.util.List.of("input"))))),
          file);
    }
    if (file.toString().endsWith(".vxm")) {
      return new VxmWriter()
          .put("layerCount", 1)
          .array("0b", new int[] {2}, 1, 2)
          .array("0w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
          .write(file);
    }
    return PthWriter.write(
        file,
        file.getFileName().toString().startsWith("zip"),
        new Entry("a.weight", "FloatStorage", 6, 1, new int[] {2, 2}, new int[] {2, 1}, 24),
        new Entry("a.bias", "HalfStorage", 2, 0, new int[] {2}, new int[] {1}, 4));
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    for (int k = 1 + random.nextInt(4); k > 0; k--) {
      int at = random.nextInt(damaged.length);
      switch (random.nextInt(4)) {
        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> damaged[at] = (byte) random.nextInt();
        case 2 -> damaged[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        default -> {
          if (random.nextInt(20) == 0) {
            damaged = java.util.Arrays.copyOf(damaged, 1 + at);
          }
        }
      }
    }
    return damaged;
  }

  private static void readAll(Path file) throws IOException {
    try (TensorSource source = WeightsFile.open(file)) {
      for (String tensor : source.names()) {
        source.read(tensor);
      }
    }
  }
}
