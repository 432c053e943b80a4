package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.output.MixedFile;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;

/** The precisions of a command line: names, and {@code mixed:FILE} for precisions by layer. */
final class Precisions {
  private static final String MIXED = "mixed:";

  /** Names may appear in tables, gates and Markdown. */
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*";

  private static final String JSON = ".json";

  /** Name to the precisions by layer, for those that have them. */
  private final Map<String, Optional<MixedFile>> all = new LinkedHashMap<>();

  private Precisions() {}

  /**
   * Parses names and reads files.
   *
   * @throws IllegalArgumentException if a name is unknown
   * @throws UsageException if two precisions have the same name
   * @throws IOException if a file is not a mixed precision
   */
  static Precisions parse(List<String> texts) throws IOException {
    Precisions precisions = new Precisions();
    for (String text : texts) {
      if (!text.startsWith(MIXED)) {
        precisions.all.put(Precision.of(text).toString(), Optional.empty());
        continue;
      }
      Path file = Path.of(text.substring(MIXED.length()));
      String name = name(file);
      if (precisions.all.containsKey(name) || Precision.find(name).isPresent()) {
        throw new UsageException(
            text + ": another precision has the name '" + name + "'; rename the file");
      }
      if (!name.matches(NAME)) {
        throw new UsageException(
            text + ": '" + name + "' is not a valid name (" + NAME + "); rename the file");
      }
      precisions.all.put(name, Optional.of(MixedFile.read(file)));
    }
    return precisions;
  }

  /** The file's name without its extension. */
  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : name;
  }

  /** {@return the names} */
  List<String> names() {
    return List.copyOf(all.keySet());
  }

  /**
   * Returns the precisions of a model.
   *
   * @throws IllegalArgumentException if a file does not contain the model
   */
  List<Configuration> of(Model model) {
    List<Configuration> configurations = new ArrayList<>();
    all.forEach(
        (name, mixed) ->
            configurations.add(
                mixed.isPresent()
                    ? mixed.get().configuration(model.id(), name)
                    : Configuration.of(name)));
    return configurations;
  }
}
