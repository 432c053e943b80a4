package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.bitgaze.ort.FirstDifference;

/**
 * Where simulations first differ from their deployed files: {@code located.json}.
 *
 * @param byModel model's id, then the name of the simulation's maps, to what was found
 */
public record LocatedDifferences(Map<String, Map<String, FirstDifference>> byModel) {
  /** Nothing was sought. */
  public static final LocatedDifferences NONE = new LocatedDifferences(Map.of());

  /** Name of the file. */
  public static final String FILE = "located.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** What is written of a simulation: a list holds the first difference, or nothing. */
  private record Line(
      int compared, int images, double limit, List<FirstDifference.Difference> differences) {
    static Line of(FirstDifference found) {
      return new Line(
          found.compared(), found.images(), found.limit(), found.difference().stream().toList());
    }

    FirstDifference found() {
      return new FirstDifference(compared, images, limit, differences.stream().findFirst());
    }
  }

  /** Sorts, so that equal findings have equal bytes. */
  public LocatedDifferences {
    byModel = new TreeMap<>(byModel);
  }

  /** {@return what was found of a simulation; empty if nothing was sought} */
  public Optional<FirstDifference> of(String model, String precision) {
    return Optional.ofNullable(byModel.getOrDefault(model, Map.of()).get(precision));
  }

  /**
   * Reads what an audit found.
   *
   * @param folder the audit's output
   * @return nothing if there is no such file
   * @throws IOException if it is damaged
   */
  public static LocatedDifferences read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return NONE;
    }
    Map<String, Map<String, Line>> lines =
        JSON.readValue(file.toFile(), new TypeReference<Map<String, Map<String, Line>>>() {});
    return new LocatedDifferences(changed(lines, Line::found));
  }

  /**
   * Writes the file, unless nothing was sought.
   *
   * @param folder where
   * @throws IOException if it cannot be written
   */
  public void write(Path folder) throws IOException {
    if (!byModel.isEmpty()) {
      JSON.writeValue(folder.resolve(FILE).toFile(), changed(byModel, Line::of));
    }
  }

  private static <A, B> Map<String, Map<String, B>> changed(
      Map<String, Map<String, A>> all, Function<A, B> change) {
    Map<String, Map<String, B>> changed = new TreeMap<>();
    all.forEach(
        (model, found) -> {
          Map<String, B> own = new TreeMap<>();
          found.forEach((precision, value) -> own.put(precision, change.apply(value)));
          changed.put(model, own);
        });
    return changed;
  }
}
