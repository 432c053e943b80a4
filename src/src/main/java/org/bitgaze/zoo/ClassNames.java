package org.bitgaze.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.weights.WeightsException;

/** What the classes that networks tell apart are called, by their index. */
public final class ClassNames {
  private static final long LARGEST = 1 << 22;

  private ClassNames() {}

  /**
   * Returns the names of ImageNet's classes: of each synset of WordNet that ILSVRC 2012 chose, in
   * the order of their identifiers, the first word.
   *
   * @return 1000 names; some classes share one
   * @throws IOException if they cannot be read
   */
  public static List<String> imageNet() throws IOException {
    try (InputStream in = ClassNames.class.getResourceAsStream("imagenet_classes.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /**
   * Reads names of one's own.
   *
   * @param file one name a line, in UTF-8
   * @return the names
   * @throws WeightsException if it is no such file, naming it
   * @throws IOException if it cannot be read
   */
  public static List<String> read(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new WeightsException(file + ": " + Files.size(file) + " bytes are no names of classes");
    }
    List<String> names;
    try {
      names = Files.readAllLines(file).stream().map(String::strip).toList();
    } catch (CharacterCodingException e) {
      throw new WeightsException(file + ": is no text in UTF-8", e);
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty()) {
        throw new WeightsException(file + ": line " + (i + 1) + " names no class");
      }
    }
    return names;
  }
}
