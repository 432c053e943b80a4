package org.bitgaze.pipelines.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixedFileTest {
  private static final long SECONDS = Long.getLong("bitgaze.fuzz.seconds", 5);
  private static final Configuration MIXED =
      new Configuration(
          "mixed",
          LayerPrecision.of(Precision.of("int4")),
          Map.of(
              "features.0",
              LayerPrecision.of(Precision.of("int8-per-channel")),
              "classifier.1",
              new LayerPrecision(Precision.of("int8"), Precision.F32)));

  @TempDir private Path folder;

  private Path write() throws IOException {
    Path file = folder.resolve("mixed.json");
    MixedFile.write(Map.of("net", MIXED), file);
    return file;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertEquals(MIXED, MixedFile.read(write()).configuration("net", "mixed"));
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    MixedFile file = MixedFile.read(write());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> file.configuration("other", "mixed"));
    assertTrue(e.getMessage().contains("'other'") && e.getMessage().contains("[net]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"models\": {\"net\": null}}",
        "{\"models\": {\"net\": {\"otherwise\": \"int4\"}}}",
        "{\"models\": {\"net\": {\"otherwise\": \"int99\", \"layers\": {}}}}",
        "{\"models\": {\"net\": {\"otherwise\": \"f32\", \"layers\": {\"a\": null}}}}",
        "{\"models\": {\"net\": {\"otherwise\": \"f32\", \"layers\": {\"a\": \"int8/\"}}}}"
      })
  void whatIsNoneIsRefusedByName(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.json"), content);
    IOException e = assertThrows(IOException.class, () -> MixedFile.read(file));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void whatIsTooLargeIsNotRead() throws IOException {
    Path file = folder.resolve("large.json");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1L << 40);
    }
    IOException e = assertThrows(IOException.class, () -> MixedFile.read(file));
    assertTrue(e.getMessage().contains("1099511627776"), e.getMessage());
  }

  @Test
  void damagedFilesFailInOneWayOnly() throws IOException {
    Path file = write();
    byte[] whole = Files.readAllBytes(file);
    long seed = Long.getLong("bitgaze.fuzz.seed", System.nanoTime());
    Random random = new Random(seed);
    long end = System.nanoTime() + SECONDS * 1_000_000_000L / 4;
    int refused = 0;
    int runs = 0;
    for (; System.nanoTime() < end; runs++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      Files.write(file, damaged);
      try {
        MixedFile.read(file);
      } catch (IOException e) {
        assertTrue(e.getMessage().contains(file.toString()), "seed " + seed);
        refused++;
      }
    }
    assertTrue(refused > runs / 20, refused + " of " + runs + " refused, seed " + seed);
  }
}
