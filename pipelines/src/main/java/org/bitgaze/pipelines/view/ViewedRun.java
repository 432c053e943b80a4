package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.protocol.Step;

/**
 * A run that is shown. Its rows are the view {@link #view} of the database, with the additional
 * column {@link ImageTable#CLASS}: the image's label, or the answer at f32 if the run has no
 * labels.
 *
 * @param number 0 for the first run on the command line
 * @param run the results
 * @param columns the view's columns by name, in their order
 * @param labelled whether the run has labels
 */
record ViewedRun(int number, Run run, Map<String, Column> columns, boolean labelled) {

  /**
   * Adds a run's rows to a database.
   *
   * @param number 0 for the first run on the command line
   * @throws IOException if the rows cannot be read
   */
  static ViewedRun open(ViewDatabase database, int number, Run run) throws IOException {
    String source = run.rows().source();
    boolean labelled =
        !database
            .query(
                "SELECT 1 FROM " + source + " WHERE label IS NOT NULL LIMIT 1",
                List.of(),
                row -> row.getInt(1))
            .isEmpty();
    database.execute(
        "CREATE VIEW " + view(number) + " AS " + rows(database, number, run, labelled));
    Map<String, Column> columns = new LinkedHashMap<>();
    database
        .query(
            "SELECT column_name, column_type FROM (DESCRIBE " + view(number) + ")",
            List.of(),
            row -> new Column(row.getString(1), kind(row.getString(1), row.getString(2))))
        .forEach(column -> columns.put(column.name(), column));
    return new ViewedRun(number, run, columns, labelled);
  }

  private static String rows(ViewDatabase database, int number, Run run, boolean labelled)
      throws IOException {
    String source = run.rows().source();
    if (labelled) {
      return "SELECT *, label AS class FROM " + source;
    }
    String explainsF32 = Step.TARGET.id() + "=" + ExplainedClass.REFERENCE.id();
    if (run.info().protocol().contains(explainsF32)) {
      return "SELECT *, explained_class AS class FROM " + source;
    }
    database.execute(
        """
        CREATE TABLE answers%d AS
        SELECT key, model, any_value(predicted_class) AS class FROM %s
        WHERE precision = 'f32' GROUP BY key, model
        """
            .formatted(number, source));
    return "SELECT r.*, a.class FROM %s r LEFT JOIN answers%d a USING (key, model)"
        .formatted(source, number);
  }

  private static Column.Kind kind(String name, String type) {
    if (name.equals("key")) {
      return Column.Kind.KEY;
    }
    if (name.endsWith("class") || name.equals(Reference.LABEL.id())) {
      return Column.Kind.CLASS;
    }
    return type.equals("VARCHAR") ? Column.Kind.WORD : Column.Kind.NUMBER;
  }

  /** {@return the name of the run's rows in SQL} */
  String view() {
    return view(number);
  }

  private static String view(int number) {
    return "rows" + number;
  }

  /** {@return the run's name: that of its folder} */
  String name() {
    return String.valueOf(run.folder().toAbsolutePath().normalize().getFileName());
  }
}
