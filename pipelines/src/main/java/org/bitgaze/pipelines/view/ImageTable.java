package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.view.Request.BadRequestException;

/** The table of comparisons of one run, or of one run with another: pages, and counts. */
final class ImageTable {
  /** Name of the additional column: the label, or the answer at f32. */
  static final String CLASS = "class";

  /** Names of the additional columns of two runs. */
  static final String OTHER = "other";

  static final String DIFFERENCE = "difference";

  static final String OTHER_VANISHED = "other_vanished";

  private static final String VANISHED = Rows.column(StandardMeasure.VANISHED.id());

  private static final int MAX_PAGE = 500;

  private static final int MAX_COUNTS = 100;

  /** Decides the order of rows that are equal otherwise, so that pages do not overlap. */
  private static final String TIES = "key, model, precision, reference";

  private final ViewDatabase database;

  /** Counts that were asked for lately, by source and filter. */
  private final Map<List<Object>, Map<String, Long>> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, Map<String, Long>> eldest) {
          return size() > MAX_COUNTS;
        }
      };

  ImageTable(ViewDatabase database) {
    this.database = database;
  }

  /**
   * What is listed.
   *
   * @param source a table in SQL
   * @param columns its columns by name
   * @param compared the measure of two runs; empty for one run
   */
  record Listing(String source, Map<String, Column> columns, String compared) {}

  /**
   * Lists a run's rows.
   *
   * @return at least those that satisfy the request's filters
   */
  static Listing of(ViewedRun run, Request request) {
    return new Listing(run.source(request), run.columns(), "");
  }

  /**
   * Lists the rows of two runs that compare the same image, model, precision and reference, with
   * one measure's value in the other run, and the difference: other minus own.
   *
   * @param run its columns are listed
   * @param other the other run
   * @param measure a measure of both runs
   * @throws BadRequestException if one of them lacks the measure
   */
  static Listing of(ViewedRun run, ViewedRun other, String measure, Request request) {
    for (ViewedRun one : List.of(run, other)) {
      if (RowFilter.column(measure, one.columns()).kind() != Column.Kind.NUMBER) {
        throw new BadRequestException(measure + " is not a measure of both runs");
      }
    }
    StringBuilder names = new StringBuilder("CASE r.model");
    boolean renamed = false;
    for (String model : run.run().summary().models().keySet()) {
      Optional<String> there = run.run().counterpart(model, other.run());
      renamed |= there.isPresent() && !there.get().equals(model);
      names
          .append(" WHEN ")
          .append(literal(model))
          .append(" THEN ")
          .append(there.map(ImageTable::literal).orElse("NULL"));
    }
    String vanished = StandardMeasure.VANISHED.id();
    boolean presence = run.columns().containsKey(vanished) && other.columns().containsKey(vanished);
    String model = renamed ? names + " END" : "r.model";
    String column = Rows.column(measure);
    String source =
        """
        (SELECT r.*, o.%1$s AS other, o.%1$s - r.%1$s AS difference%5$s
         FROM %2$s r JOIN %3$s o
           ON o.key = r.key AND o.model = %4$s AND o.precision = r.precision
             AND o.reference = r.reference)
        """
            .formatted(
                column,
                run.source(request),
                other.source(request),
                model,
                presence ? ", o." + VANISHED + " AS " + OTHER_VANISHED : "");
    Map<String, Column> columns = new LinkedHashMap<>(run.columns());
    columns.put(OTHER, new Column(OTHER, Column.Kind.NUMBER));
    columns.put(DIFFERENCE, new Column(DIFFERENCE, Column.Kind.NUMBER));
    if (presence) {
      columns.put(OTHER_VANISHED, new Column(OTHER_VANISHED, Column.Kind.NUMBER));
    }
    return new Listing(source, columns, measure);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /**
   * Reads a page.
   *
   * @param request {@code sort}, {@code order} ({@code asc} or {@code desc}), {@code offset},
   *     {@code limit}, and filters
   * @return the rows, each with all columns
   * @throws BadRequestException if a parameter has another form
   */
  Map<String, Object> page(Listing listing, Request request) throws IOException {
    RowFilter filter = RowFilter.of(request, listing.columns());
    long offset = request.number("offset", 0, Long.MAX_VALUE);
    long limit = request.number("limit", 100, MAX_PAGE);
    String names = String.join(", ", listing.columns().values().stream().map(Column::sql).toList());
    int width = listing.columns().size();
    List<List<Object>> rows =
        database.query(
            "SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d OFFSET %d"
                .formatted(
                    names, listing.source(), filter.sql(), order(listing, request), limit, offset),
            filter.arguments(),
            row -> values(row, width));
    return Map.of(
        "columns", List.copyOf(listing.columns().keySet()), "offset", offset, "rows", rows);
  }

  private static List<Object> values(ResultSet row, int width) throws SQLException {
    List<Object> values = new ArrayList<>();
    for (int i = 1; i <= width; i++) {
      values.add(row.getObject(i));
    }
    return values;
  }

  /**
   * The order of a request. In the order from bad to good, a map that vanished is the worst; all
   * other rows without a value come last.
   */
  private static String order(Listing listing, Request request) {
    Optional<String> sort = request.find("sort");
    if (sort.isEmpty()) {
      return TIES;
    }
    Column column = RowFilter.column(sort.get(), listing.columns());
    String order = request.find("order").orElse("asc");
    if (!order.equals("asc") && !order.equals("desc")) {
      throw new BadRequestException("order must be asc or desc, not '" + order + "'");
    }
    return lost(listing, column, order) + column.sql() + " " + order + " NULLS LAST, " + TIES;
  }

  /** Puts maps that vanished first where the worst come first; they have no value to sort by. */
  private static String lost(Listing listing, Column column, String order) {
    boolean pair = column.name().equals(DIFFERENCE);
    String measure = pair ? listing.compared() : column.name();
    boolean worstFirst =
        MeasureCatalog.all().stream()
            .filter(m -> m.id().equals(measure) && m.isOfMaps())
            .anyMatch(m -> order.equals(m.better() == Measure.Better.LARGER ? "asc" : "desc"));
    boolean known =
        listing.columns().containsKey(pair ? OTHER_VANISHED : StandardMeasure.VANISHED.id());
    if (!worstFirst || !known) {
      return "";
    }
    String vanished = pair ? OTHER_VANISHED + " = 1 AND " + VANISHED + " = 0" : VANISHED + " = 1";
    return "(%s IS NULL AND %s AND reference_status = 'OK') IS NOT TRUE, "
        .formatted(column.sql(), vanished);
  }

  /**
   * Counts rows and images.
   *
   * @return {@code rows} and {@code images} that satisfy the filters
   */
  Map<String, Long> count(Listing listing, Request request) throws IOException {
    RowFilter filter = RowFilter.of(request, listing.columns());
    List<Object> key = List.of(listing.source(), filter.sql(), filter.arguments());
    synchronized (counts) {
      if (counts.containsKey(key)) {
        return counts.get(key);
      }
    }
    Map<String, Long> counted = count(listing, filter);
    synchronized (counts) {
      counts.put(key, counted);
    }
    return counted;
  }

  private Map<String, Long> count(Listing listing, RowFilter filter) throws IOException {
    return database
        .query(
            "SELECT count(*), count(DISTINCT key) FROM %s WHERE %s"
                .formatted(listing.source(), filter.sql()),
            filter.arguments(),
            row -> Map.of("rows", row.getLong(1), "images", row.getLong(2)))
        .get(0);
  }

  /**
   * Reads all rows of an image.
   *
   * @param key the image's key
   * @return column name to value, one map per row; none if the run has no such image
   */
  List<Map<String, Object>> image(ViewedRun run, String key) throws IOException {
    List<String> names = List.copyOf(run.columns().keySet());
    return database.query(
        "SELECT * FROM %s WHERE key = ?".formatted(run.view()),
        List.of(key),
        row -> {
          Map<String, Object> values = new LinkedHashMap<>();
          List<Object> all = values(row, names.size());
          for (int i = 0; i < names.size(); i++) {
            values.put(names.get(i), all.get(i));
          }
          return values;
        });
  }
}
