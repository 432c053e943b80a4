package org.bitgaze.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.weights.WeightsException;

/** Names of classes by index. */
public final class ClassNames {
  private static final long MAX_BYTES = 1 << 22;

  private ClassNames() {}

  /**
   * Returns the names of ImageNet's classes: the first word of each WordNet synset of ILSVRC 2012,
   * in the order of the synsets' identifiers.
   *
   * @return 1000 names, some of them equal
   * @throws IOException if they cannot be read
   */
  public static List<String> imageNet() throws IOException {
    try (InputStream in = ClassNames.class.getResourceAsStream("imagenet_classes.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /**
   * Reads a user's names.
   *
   * @param file a text file in UTF-8 with one name per line
   * @return the names
   * @throws WeightsException if it is not such a file, naming it
   * @throws IOException if it cannot be read
   */
  public static List<String> read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new WeightsException(
          file + ": " + Files.size(file) + " bytes are too many for names of classes");
    }
    List<String> names;
    try {
      names = Files.readAllLines(file).stream().map(String::strip).toList();
    } catch (CharacterCodingException e) {
      throw new WeightsException(file + ": is not a text in UTF-8", e);
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isEmpty()) {
        throw new WeightsException(
            file + ": line " + (i + 1) + " is empty, where a name is expected");
      }
    }
    return names;
  }
}
