package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsFileTest {
  private static final String WHOLE =
      """
      # 7 images
      input: photos/*.jpg
      precisions: [int8, 'int4']
      show:
      - a, b.png
      - "c\\td"
      dropout: off
      learning-rate: 3e-3
      limit: 07
      maps: true
      gate: 'int8: CC>=0.98 in 95%'
      """;

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("audit.yaml"), text);
  }

  @Test
  void valuesAreTakenAsTheyAreWritten() throws IOException {
    Map<String, OptionsFile.Setting> read = OptionsFile.read(file(WHOLE));
    Map<String, List<String>> expected = new LinkedHashMap<>();
    expected.put("input", List.of("photos/*.jpg"));
    expected.put("precisions", List.of("int8", "int4"));
    expected.put("show", List.of("a, b.png", "c\td"));
    expected.put("dropout", List.of("off"));
    expected.put("learning-rate", List.of("3e-3"));
    expected.put("limit", List.of("07"));
    expected.put("maps", List.of("true"));
    expected.put("gate", List.of("int8: CC>=0.98 in 95%"));
    assertEquals(expected, values(read));
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(read.keySet()));
    assertTrue(read.get("show").where().endsWith("audit.yaml, line 4"), read.toString());
    assertEquals(Map.of(), OptionsFile.read(file("")));
    assertEquals(Map.of(), OptionsFile.read(file("# nothing\n")));
  }

  private static Map<String, List<String>> values(Map<String, OptionsFile.Setting> settings) {
    return settings.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().values()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input: | line 1: 'input' has no value",
        "maps: true~input: a~maps: false | line 3: 'maps' is given twice",
        "- a~- b | line 1: an option has the form 'name: value'",
        "input | line 1: an option has the form 'name: value'",
        "input: {a: b} | line 1: a name must have a value or a list of values",
        "show: [[a]] | line 1: a name must have a value",
        "a: &x 1~b: *x | line 2: a name must have a value",
        "input: 'a | line 1: found unexpected end of stream",
        "a: b: c | line 1: mapping values are not allowed here",
        "input: a~---~input: b | line 2: there must be only one document"
      })
  void anythingElseIsRefusedWithItsLine(String text, String message) throws IOException {
    Path file = file(text.strip().replace('~', '\n'));
    IOException e = assertThrows(IOException.class, () -> OptionsFile.read(file));
    assertTrue(e.getMessage().startsWith(file + ", " + message.strip()), e.getMessage());
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path none = folder.resolve("none.yaml");
    assertEquals(
        "there is no file " + none,
        assertThrows(IOException.class, () -> OptionsFile.read(none)).getMessage());
    Path large = Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
    assertEquals(
        large + " is not a file of options: it has more than 1 MiB",
        assertThrows(IOException.class, () -> OptionsFile.read(large)).getMessage());
    Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', ':', ' ', (byte) 0xe4});
    assertTrue(
        assertThrows(IOException.class, () -> OptionsFile.read(latin))
            .getMessage()
            .startsWith(latin + " is not YAML: "));
    assertThrows(IOException.class, () -> OptionsFile.read(folder));
    // As deep and as wide as the size allows.
    Path deep = file("a: " + "[".repeat((1 << 20) - 10));
    assertThrows(IOException.class, () -> OptionsFile.read(deep));
  }

  /** Any text comes back as it was, whatever it looks like in YAML. */
  @Property(tries = 300)
  void whatIsWrittenIsRead(@ForAll List<String> texts) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("list", texts);
    Map<String, List<String>> expected = new LinkedHashMap<>();
    expected.put("list", texts);
    for (int i = 0; i < texts.size(); i++) {
      settings.put("text" + i, texts.get(i));
      expected.put("text" + i, List.of(texts.get(i)));
    }
    Path file = Files.createTempFile("options", ".yaml");
    try {
      Files.writeString(file, OptionsFile.text(settings));
      assertEquals(expected, values(OptionsFile.read(file)));
    } finally {
      Files.delete(file);
    }
  }

  /** Whatever the bytes, there are settings or one kind of error that names the file. */
  @Test
  void damagedFilesFailInOneWayOnly() throws IOException {
    long seed = Long.getLong("bitgaze.fuzz.seed", System.nanoTime());
    Random random = new Random(seed);
    long end = System.nanoTime() + Long.getLong("bitgaze.fuzz.seconds", 5) * 200_000_000L;
    Path file = folder.resolve("damaged.yaml");
    int refused = 0;
    int runs = 0;
    for (; System.nanoTime() < end; runs++) {
      byte[] bytes = WHOLE.getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "[]{}:-?&*!|>'\"%@`,# \n\t".charAt(random.nextInt(21));
      }
      Files.write(file, bytes);
      try {
        OptionsFile.read(file);
      } catch (IOException e) {
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("repeat it with -Dbitgaze.fuzz.seed=" + seed, e);
      }
    }
    assertTrue(refused > runs / 20 && refused < runs, refused + " of " + runs);
  }
}
