package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;

/**
 * An audit's results, open for queries.
 *
 * @param folder where the results are
 * @param info the run's description
 * @param summary the summary
 * @param rows the rows
 */
public record Run(Path folder, RunInfo info, Summary summary, RowQueries rows)
    implements AutoCloseable {
  private static final List<String> SOURCES = List.of("run.json", "summary.json");

  /**
   * Opens results.
   *
   * @param folder an audit's output
   * @throws IllegalArgumentException if it is not an audit's output; the message names a missing
   *     file
   */
  public static Run open(Path folder) throws IOException {
    for (String name : SOURCES) {
      if (!Files.exists(folder.resolve(name))) {
        throw new IllegalArgumentException(
            folder + " is not an output of 'bitgaze audit': " + name + " is missing");
      }
    }
    if (!RowQueries.exist(folder)) {
      throw new IllegalArgumentException(
          folder + " is not an output of 'bitgaze audit': rows.parquet is missing");
    }
    return new Run(
        folder,
        RunInfo.read(folder.resolve("run.json")),
        SummaryFiles.readJson(folder.resolve("summary.json")),
        RowQueries.of(folder));
  }

  /**
   * {@return where simulations differ from their deployed files}
   *
   * @throws IOException if the file of these is damaged
   */
  LocatedDifferences located() throws IOException {
    return LocatedDifferences.read(folder);
  }

  /** {@return the model with the same id; if both runs have a single model, that one} */
  public Optional<String> counterpart(String model, Run other) {
    Map<String, String> there = other.summary.models();
    if (there.containsKey(model)) {
      return Optional.of(model);
    }
    return summary.models().size() == 1 && there.size() == 1
        ? Optional.of(there.keySet().iterator().next())
        : Optional.empty();
  }

  /**
   * Lists how another run's settings differ.
   *
   * @return name to this run's and the other's value
   */
  Map<String, List<String>> differences(Run other) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    differ(all, "input", setting("input"), other.setting("input"));
    differ(all, "saliency", setting("saliency"), other.setting("saliency"));
    differ(all, "protocol", info.protocol(), other.info.protocol());
    differ(all, "ranges", info.ranges(), other.info.ranges());
    differ(all, "vanished maps", info.vanished(), other.info.vanished());
    for (RunInfo.ModelInfo model : info.models()) {
      counterpart(model.id(), other)
          .flatMap(id -> other.info.models().stream().filter(m -> m.id().equals(id)).findFirst())
          .ifPresent(
              theirs -> {
                String id = model.id() + ": ";
                differ(all, id + "model", model.id(), theirs.id());
                differ(all, id + "network", model.network(), theirs.network());
                differ(all, id + "weights", weights(model), weights(theirs));
                differ(all, id + "target layer", model.targetLayer(), theirs.targetLayer());
                differ(all, id + "preprocessing", model.preprocessing(), theirs.preprocessing());
              });
    }
    differ(all, "models", names(info.titles().keySet()), names(other.info.titles().keySet()));
    differ(all, "precisions", names(info.precisions()), names(other.info.precisions()));
    differ(all, "measures", names(info.measures()), names(other.info.measures()));
    differ(all, "bitgaze", info.versions().get("bitgaze"), other.info.versions().get("bitgaze"));
    return all;
  }

  private String setting(String name) {
    return info.settings().getOrDefault(name, "default");
  }

  private static String names(Collection<String> names) {
    return String.join(", ", names);
  }

  private static String weights(RunInfo.ModelInfo model) {
    return model.sha256().substring(0, Math.min(12, model.sha256().length()));
  }

  private static void differ(Map<String, List<String>> all, String what, String one, String other) {
    if (!one.equals(other)) {
      all.put(what, List.of(one, other));
    }
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
