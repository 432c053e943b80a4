package org.bitgaze.pipelines.study;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;

/**
 * What the audits of a study found. For the main size it holds one number per image, rule,
 * precision and sample.
 */
public final class StudyValues {
  private final List<SampleResult> results = new ArrayList<>();
  private final Map<Cell, TreeMap<String, double[]>> images = new HashMap<>();
  private final int mainSize;
  private final int samples;

  /**
   * A precision of a model by a rule.
   *
   * @param model the model's id
   * @param precision the precision
   * @param rule how ranges were determined
   */
  public record Cell(String model, String precision, String rule) {
    /** {@return the name of the cell's maps in an audit} */
    public String label() {
      return precision + " " + rule;
    }
  }

  private record Value(String key, double cc, boolean vanished, double flip) {}

  /**
   * Starts without values.
   *
   * @param mainSize size of the samples by which rules are compared
   * @param samples how many of these there are
   */
  public StudyValues(int mainSize, int samples) {
    this.mainSize = mainSize;
    this.samples = samples;
  }

  /**
   * Adds an audit's rows.
   *
   * @param rows the audit, with comparisons to the centre
   * @param cell which of its maps; their name is the cell's label
   * @param size the number of calibration images that were drawn
   * @param sample number of the sample, from 0
   * @param calibrated the number of calibration images that could be read
   * @return the sample's result
   * @throws IOException if the rows cannot be read, or no image has a value
   */
  public SampleResult add(RowQueries rows, Cell cell, int size, int sample, int calibrated)
      throws IOException {
    // An image whose f32 map has no value can tell nothing; a map that vanished after quantization
    // agrees with nothing.
    String sql =
        """
        SELECT q.key, coalesce(q.%1$s, 0), q.%1$s IS NULL, q.%2$s
        FROM rows q JOIN rows f USING (key, model)
        WHERE model = ? AND q.precision = ? AND q.reference = 'f32'
          AND f.precision = 'f32' AND f.reference = 'centre' AND f.%1$s IS NOT NULL
        ORDER BY key
        """
            .formatted(
                RowQueries.column(StandardMeasure.CC.id()),
                RowQueries.column(StandardMeasure.FLIP.id()));
    List<Value> values =
        rows.query(
            sql,
            row ->
                new Value(row.getString(1), row.getDouble(2), row.getBoolean(3), row.getDouble(4)),
            cell.model(),
            cell.label());
    if (values.isEmpty()) {
      throw new IOException(
          "no image has a map of " + cell.model() + " at f32 and " + cell.precision());
    }
    SampleResult result =
        new SampleResult(
            cell.model(),
            cell.precision(),
            cell.rule(),
            size,
            sample,
            calibrated,
            values.size(),
            values.stream().mapToDouble(Value::cc).average().orElseThrow(),
            values.stream().mapToDouble(Value::flip).average().orElseThrow(),
            values.stream().filter(Value::vanished).count());
    results.add(result);
    if (size == mainSize) {
      TreeMap<String, double[]> own = images.computeIfAbsent(cell, c -> new TreeMap<>());
      for (Value value : values) {
        own.computeIfAbsent(value.key(), k -> new double[samples])[sample] = value.cc();
      }
    }
    return result;
  }

  /** {@return size of the samples by which rules are compared} */
  public int mainSize() {
    return mainSize;
  }

  /** {@return one result per model, precision, rule, size and sample, in the order of the runs} */
  public List<SampleResult> results() {
    return List.copyOf(results);
  }

  /**
   * Returns the results of the samples of one size.
   *
   * @param cell a precision by a rule
   * @param size the number of calibration images
   * @return one per sample
   */
  public List<SampleResult> results(Cell cell, int size) {
    return results.stream()
        .filter(r -> new Cell(r.model(), r.precision(), r.rule()).equals(cell) && r.size() == size)
        .toList();
  }

  /**
   * Returns the CC of each image with the samples of the main size.
   *
   * @param cell a precision by a rule
   * @return one row per image, in the order of the keys, with one number per sample
   */
  public double[][] images(Cell cell) {
    return images.getOrDefault(cell, new TreeMap<>()).values().toArray(double[][]::new);
  }

  /**
   * Returns the CC of each image, averaged over the samples of the main size.
   *
   * @param cell a precision by a rule
   * @return one number per image, in the order of the keys
   */
  public double[] means(Cell cell) {
    return Arrays.stream(images(cell))
        .mapToDouble(row -> Arrays.stream(row).average().orElseThrow())
        .toArray();
  }
}
