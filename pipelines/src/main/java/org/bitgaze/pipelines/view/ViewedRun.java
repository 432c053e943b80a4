package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.protocol.Step;

/**
 * A run that is shown. Its rows have the additional column {@link ImageTable#CLASS}: the image's
 * label, or the answer at f32 if the run has no labels. They are copied into the database, with
 * {@link SharedNames small numbers} in place of texts; of a very large run only those against f32
 * are, and the others are read from the run's file.
 *
 * @param number 0 for the first run on the command line
 * @param run the results
 * @param columns the columns of its rows by name, in their order
 * @param labelled whether the run has labels
 * @param view all rows in SQL
 * @param againstF32 the rows against f32 in SQL
 */
record ViewedRun(
    int number,
    Run run,
    Map<String, Column> columns,
    boolean labelled,
    String view,
    String againstF32) {
  /** Of a run with more rows, only those against f32 are copied: about a fifth. */
  private static final long MAX_COPIED = 4_000_000;

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
    String all = "rows" + number;
    database.execute("CREATE VIEW " + all + " AS " + rows(database, number, run, labelled));
    long count =
        database.query("SELECT count(*) FROM " + source, List.of(), row -> row.getLong(1)).get(0);
    boolean whole = count <= MAX_COPIED;
    String copy = "copy" + number;
    copy(database, all, copy, whole);
    Map<String, Column> columns = new LinkedHashMap<>();
    database
        .query(
            "SELECT column_name, column_type FROM (DESCRIBE " + copy + ")",
            List.of(),
            row -> new Column(row.getString(1), kind(row.getString(1), row.getString(2))))
        .stream()
        .filter(column -> !column.name().equals(SharedNames.IMAGE))
        .forEach(column -> columns.put(column.name(), column));
    return new ViewedRun(number, run, columns, labelled, whole ? copy : all, copy);
  }

  /**
   * Copies rows, one reference after the other: most filters choose one, and DuckDB skips the
   * others. The rows of a reference keep their order.
   */
  private static void copy(ViewDatabase database, String all, String copy, boolean whole)
      throws IOException {
    String numbered =
        """
        SELECT r.*, i.%1$s FROM (SELECT * REPLACE (%2$s) FROM %3$s) r JOIN %4$s i USING (key)
        WHERE r.reference = CAST(%%s AS %5$s)
        """
            .formatted(
                SharedNames.IMAGE,
                SharedNames.casts(),
                all,
                SharedNames.IMAGES,
                SharedNames.type("reference"));
    String f32 = Reference.F32.id();
    database.execute("CREATE TABLE " + copy + " AS " + numbered.formatted(Tables.literal(f32)));
    List<String> others =
        database.query(
            "SELECT unnest(enum_range(NULL::" + SharedNames.type("reference") + "))::VARCHAR",
            List.of(),
            row -> row.getString(1));
    for (String reference : whole ? others : List.<String>of()) {
      if (!reference.equals(f32)) {
        database.execute(
            "INSERT INTO " + copy + " " + numbered.formatted(Tables.literal(reference)));
      }
    }
  }

  /**
   * Returns the rows to look for what a request asks for.
   *
   * @return the rows in SQL, at least those that satisfy its filters
   */
  String source(Request request) {
    boolean f32 =
        List.of(Reference.F32.id())
            .equals(request.parameters().get(RowFilter.PREFIX + "reference"));
    return f32 ? againstF32 : view;
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

  /** {@return whether rows of a source have the number of their image} */
  boolean isNumbered(String source) {
    return source.equals(againstF32);
  }

  private static Column.Kind kind(String name, String type) {
    if (name.equals("key")) {
      return Column.Kind.KEY;
    }
    if (name.endsWith("class") || name.equals(Reference.LABEL.id())) {
      return Column.Kind.CLASS;
    }
    boolean word = type.equals("VARCHAR") || SharedNames.WORDS.contains(name);
    return word ? Column.Kind.WORD : Column.Kind.NUMBER;
  }

  /** {@return the run's name: that of its folder} */
  String name() {
    return String.valueOf(run.folder().toAbsolutePath().normalize().getFileName());
  }
}
