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
   * layer, an empty layer standing for the whole network, with the drift and the vanished maps (see
   * {@link Effect}) and, for each reference and measure, mean, ends of its 95 % confidence
   * interval, and count.
   *
   * @param result what was found
   * @param folder where to write
   * @throws IOException if they cannot be written
   */
  public static void layers(LayersResult result, Path folder) throws IOException {
    Set<String> keys = new TreeSet<>();
    result
        .models()
        .forEach(m -> m.lines().forEach(line -> keys.addAll(line.effect().values().keySet())));
    List<String> header =
        new ArrayList<>(
            List.of("model", "precision", "trial", "layer", "index", "weights", "multiply_adds"));
    header.addAll(effectHeader(keys));
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
    addEffect(values, line.effect(), keys);
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
          .forEach(
              m -> m.frontier().forEach(point -> keys.addAll(point.effect().values().keySet())));
    }
    header.addAll(effectHeader(keys));
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
            addEffect(values, point.effect(), keys);
            out.printRecord(values);
          }
        }
      }
    }
  }

  private static List<String> effectHeader(Set<String> keys) {
    List<String> header = new ArrayList<>();
    for (String key : keys) {
      header.addAll(List.of(key, key + "_low", key + "_high", key + "_count"));
    }
    header.addAll(0, List.of("drift", "drift_low", "drift_high", "drift_count", "vanished"));
    return header;
  }

  private static void addEffect(List<Object> values, Effect effect, Set<String> keys) {
    add(values, effect.drift());
    values.add(effect.vanished());
    keys.forEach(key -> add(values, effect.values().get(key)));
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
