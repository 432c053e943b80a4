package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.bitgaze.pipelines.output.Tables;

/** {@code layers.csv}, {@code layers.parquet} and {@code frontier.csv}. */
public final class LayerTables {
  /** More digits than anybody measures. */
  private static final MathContext DIGITS = new MathContext(9);

  private LayerTables() {}

  /**
   * Writes {@code layers.csv} and {@code layers.parquet}: a line per model, precision, trial and
   * layer, an empty layer standing for the whole network, with the drift (1 - CC against f32) and,
   * for each reference and measure, mean, ends of its 95 % confidence interval, and count.
   *
   * @param result what was found
   * @param folder where to write
   * @throws IOException if they cannot be written
   */
  public static void layers(LayersResult result, Path folder) throws IOException {
    Set<String> keys = new TreeSet<>();
    result.models().forEach(m -> m.lines().forEach(line -> keys.addAll(line.values().keySet())));
    List<String> header =
        new ArrayList<>(
            List.of(
                "model",
                "precision",
                "trial",
                "layer",
                "index",
                "weights",
                "multiply_adds",
                "drift",
                "drift_low",
                "drift_high"));
    for (String key : keys) {
      header.addAll(List.of(key, key + "_low", key + "_high", key + "_count"));
    }
    Path csv = folder.resolve("layers.csv");
    try (CSVPrinter out = printer(csv, header)) {
      for (ModelResult model : result.models()) {
        for (Sensitivity line : model.lines()) {
          out.printRecord(record(line, keys));
        }
      }
    }
    Tables.parquet(csv, folder.resolve("layers.parquet"));
  }

  private static List<Object> record(Sensitivity line, Set<String> keys) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                line.model(),
                line.precision(),
                line.trial(),
                line.layer(),
                line.index(),
                line.weights(),
                line.multiplyAdds()));
    add(values, line.drift().orElse(null));
    values.remove(values.size() - 1);
    for (String key : keys) {
      add(values, line.values().get(key));
    }
    return values;
  }

  /**
   * Writes {@code frontier.csv}: drift against cost on the images that were held out.
   *
   * @param result what was found
   * @param folder where to write
   * @throws IOException if it cannot be written
   */
  public static void frontier(LayersResult result, Path folder) throws IOException {
    Set<String> keys = new TreeSet<>();
    List<String> header =
        new ArrayList<>(List.of("model", "criterion", "step", "weight_bits", "bit_operations"));
    for (ModelResult model : result.models()) {
      model
          .mixed()
          .forEach(m -> m.frontier().forEach(point -> keys.addAll(point.values().keySet())));
    }
    for (String key : keys) {
      header.addAll(List.of(key, key + "_low", key + "_high", key + "_count"));
    }
    try (CSVPrinter out = printer(folder.resolve("frontier.csv"), header)) {
      for (ModelResult model : result.models()) {
        for (MixedResult mixed : model.mixed()) {
          for (FrontierPoint point : mixed.frontier()) {
            List<Object> values =
                new ArrayList<>(
                    List.of(
                        model.id(),
                        point.criterion(),
                        point.step(),
                        point.weightBits(),
                        point.bitOperations()));
            keys.forEach(key -> add(values, point.values().get(key)));
            out.printRecord(values);
          }
        }
      }
    }
  }

  private static void add(List<Object> values, Value value) {
    values.add(value == null ? "" : digits(value.mean()));
    values.add(value == null ? "" : digits(value.low()));
    values.add(value == null ? "" : digits(value.high()));
    values.add(value == null ? "" : value.count());
  }

  private static CSVPrinter printer(Path file, List<String> header) throws IOException {
    Writer writer = Files.newBufferedWriter(file);
    return new CSVPrinter(
        writer,
        CSVFormat.DEFAULT
            .builder()
            .setRecordSeparator("\n")
            .setHeader(header.toArray(String[]::new))
            .build());
  }

  private static String digits(Double value) {
    return value == null
        ? ""
        : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
