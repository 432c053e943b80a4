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

/** What options say of precisions: names, and {@code mixed:FILE} for one that differs by layer. */
final class Precisions {
  private static final String MIXED = "mixed:";

  /** As models' ids: tables, gates and Markdown carry it. */
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_.-]*";

  private static final String JSON = ".json";

  /** What tables call each, to its precisions by layer where it has them. */
  private final Map<String, Optional<MixedFile>> all = new LinkedHashMap<>();

  private Precisions() {}

  /**
   * Reads names and files.
   *
   * @throws UsageException if a name is unknown, or two precisions have one
   * @throws IOException if a file is no mixed precision
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
            text + ": another precision is called '" + name + "'; rename the file");
      }
      if (!name.matches(NAME)) {
        throw new UsageException(
            text + ": '" + name + "' is no name of a precision (" + NAME + "); rename the file");
      }
      precisions.all.put(name, Optional.of(MixedFile.read(file)));
    }
    return precisions;
  }

  /** The file's name without its ending. */
  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : name;
  }

  /** What tables call them. */
  List<String> names() {
    return List.copyOf(all.keySet());
  }

  /**
   * Says what they are for a model.
   *
   * @throws IllegalArgumentException if a file has nothing for it
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
