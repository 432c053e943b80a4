package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels as spreadsheets, pandas and people write them, for the images synth0.jpg and so on. */
class ReadLabelsTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeImages() throws IOException {
    for (int i = 0; i < 3; i++) {
      Files.createFile(folder.resolve("synth" + i + ".jpg"));
    }
  }

  private static String file(String name) {
    try {
      return Path.of(ReadLabelsTest.class.getResource("labels/" + name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Integer> read(String path) throws IOException {
    Map<String, Integer> labels = new TreeMap<>();
    ReadLabels.read(path, labels::put);
    return labels;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blank-lines-at-end",
        "bom-lf",
        "bom-quoted",
        "bom-swapped-columns",
        "comment",
        "cr-only",
        "crlf",
        "float-class",
        "header-case",
        "pandas-index",
        "quoted",
        "semicolons",
        "sep-line-excel",
        "space-after-comma",
        "spaces-line",
        "swapped-columns",
        "tabs",
        "trailing-comma",
        "two-trailing-commas"
      })
  void dialectsAreRead(String name) throws IOException {
    assertEquals(Map.of("synth0.jpg", 852), read(file(name + ".csv")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bom-crlf", "utf16"})
  void encodingsAreRead(String name) throws IOException {
    assertEquals(852, read(file(name + ".csv")).get("synth0.jpg"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "class-name | line 2: class_index 'tench' is not a number of 0 or more",
        "empty-class | line 2: class_index '' is not a number of 0 or more",
        "minus-one | line 2: class_index '-1' is not a number of 0 or more",
        "duplicate-column | two columns are called 'file'",
        "empty | no column 'file'; found []",
        "no-header | no column 'file'; found [synth0.jpg, 852]",
        "latin1 | is not UTF-8 text",
        "long-row | line 2: has 3 columns, not 2",
        "short-row | line 2: has 2 columns, not 3",
        "same-twice | line 3: 'synth0.jpg' has two labels",
        "open-quote | the quotation mark in line 2 is not closed"
      })
  void whatIsWrongIsSaid(String name, String problem) {
    String path = file(name + ".csv");
    IOException e = assertThrows(IOException.class, () -> read(path));
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "header-only | there are no labels",
        "no-extension | there is 'synth0', but the images are called 'synth0.jpg' (another extension)",
        "other-case | there is 'SYNTH0.JPG', but the images are called 'synth0.jpg' (upper and lower",
        "windows-paths | there is 'C:\\data\\synth0.jpg', but the images are called 'synth0.jpg' (Windows",
        "nfd | none of the 1 labels belongs to an image"
      })
  void labelsOfNoImageAreRefused(String name, String problem) throws IOException {
    Optional<String> found =
        Coverage.ofLabels(file(name + ".csv"), MatchImages.in(folder.toString())).problem();
    assertTrue(found.orElseThrow().contains(problem), found.toString());
  }

  @Test
  void labelsOfSomeImagesAreWarnedOf() throws IOException {
    Coverage coverage =
        Coverage.ofLabels(file("other-paths.csv"), MatchImages.in(folder.toString()));
    assertEquals(Optional.empty(), coverage.problem());
    assertEquals(
        List.of(
            "2 of 3 images have no label, such as " + coverage.bare(),
            "1 of 2 labels belong to no image, such as [photos/synth1.jpg]"),
        coverage.warnings());
  }

  @Test
  void otherDialectsAreRead() throws IOException {
    Map<String, String> texts =
        Map.of(
            "bars", "file|class_index\nsynth0.jpg|852\n",
            "excel", "sep=;\r\n\"file\";\"class_index\"\r\n\"synth0.jpg\";\"852\"\r\n",
            "note", "file;class_index;note\nsynth0.jpg;852;\"a;b\nc\"\n",
            "rows are longer", "file,class_index\nsynth0.jpg,852,,\n",
            "above", "\n# made by hand\n\n file , class_index \nsynth0.jpg,852\n");
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = folder.resolve("labels.csv");
      for (String mark : List.of("", "\ufeff")) {
        Files.writeString(file, mark + text.getValue());
        assertEquals(Map.of("synth0.jpg", 852), read(file.toString()), text.getKey());
      }
      Files.writeString(file, "\ufeff" + text.getValue(), StandardCharsets.UTF_16BE);
      assertEquals(Map.of("synth0.jpg", 852), read(file.toString()), text.getKey());
    }
  }
}
