package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.report.ClassDrift;
import org.bitgaze.pipelines.report.ClassDrifts;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.view.Request.BadRequestException;

/** The classes of a run, and which answers become which. */
final class ClassPage {
  /** Rows of the table of flips. */
  private static final int MAX_FLIPS = 200;

  private final ViewDatabase database;

  ClassPage(ViewDatabase database) {
    this.database = database;
  }

  /**
   * Compares the classes of one model at one precision.
   *
   * @param request {@code model} and {@code precision}
   * @return {@code measure}, {@code better}, {@code labelled}, {@code classes}, and {@code flips}:
   *     from, to and number, for flips from one main class to another
   * @throws BadRequestException if the run has no such model or precision, or no measure of maps
   */
  Map<String, Object> classes(ViewedRun viewed, Request request) throws IOException {
    Run run = viewed.run();
    String model = known(run.summary().models().keySet(), request.get("model"), "model");
    String precision = known(run.summary().precisions(), request.get("precision"), "precision");
    Optional<ClassDrifts> found;
    // The rows have one connection, which one thread may use at a time.
    synchronized (run) {
      found = ClassDrifts.of(run.summary(), run.rows(), model, precision);
    }
    ClassDrifts classes =
        found.orElseThrow(() -> new BadRequestException("the run has no measure of maps"));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("measure", classes.measure().id());
    answer.put("better", classes.measure().better());
    answer.put("labelled", classes.labelled());
    answer.put(
        "classes", classes.classes().stream().map(c -> line(c, classes.labelled())).toList());
    answer.put("flips", flips(viewed, model, precision));
    return answer;
  }

  private static String known(Iterable<String> all, String wanted, String what) {
    for (String one : all) {
      if (one.equals(wanted)) {
        return wanted;
      }
    }
    throw new BadRequestException("the run has no " + what + " '" + wanted + "'");
  }

  private static Map<String, Object> line(ClassDrift c, boolean labelled) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("index", c.index());
    line.put("images", c.images());
    line.put("flips", c.flips());
    line.put("flipShare", c.flipShare());
    line.put("drift", c.drift());
    line.put("vanished", c.vanished());
    line.put("before", labelled ? c.accuracyBefore() : List.of());
    line.put("after", labelled ? c.accuracyAfter() : List.of());
    line.put("flipP", Numbers.orNothing(c.flipP()));
    line.put("driftP", Numbers.orNothing(c.driftP()));
    line.put("worse", c.worse());
    return line;
  }

  private List<Map<String, Object>> flips(ViewedRun run, String model, String precision)
      throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(model, model, precision));
    return database.query(
        """
        WITH answers AS (
          SELECT key, any_value(predicted_class) AS f32 FROM %1$s
          WHERE model = ? AND precision = 'f32' GROUP BY key)
        SELECT a.f32, r.predicted_class, count(*) FROM %1$s r JOIN answers a USING (key)
        WHERE r.model = ? AND r.precision = ? AND r.reference = 'f32' AND %3$s
          AND r.predicted_class <> a.f32 AND r.predicted_class >= 0 AND a.f32 >= 0
        GROUP BY ALL ORDER BY count(*) DESC, a.f32, r.predicted_class LIMIT %2$d
        """
            .formatted(
                run.view(),
                MAX_FLIPS,
                ClassDrifts.flipped(run.columns().containsKey(StandardMeasure.FLIP.id()))),
        arguments,
        row -> Map.of("from", row.getInt(1), "to", row.getInt(2), "count", row.getLong(3)));
  }
}
