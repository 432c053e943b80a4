package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.view.Request.BadRequestException;

/** The table of comparisons of one run, or of one run with another: pages, and counts. */
final class ImageTable {
  /** Name of the additional column: the label, or the answer at f32. */
  static final String CLASS = "class";

  /** Names of the additional columns of two runs. */
  static final String OTHER = "other";

  static final String DIFFERENCE = "difference";

  static final String OTHER_VANISHED = "other_vanished";

  private static final List<String> PAIR = List.of(OTHER, DIFFERENCE, OTHER_VANISHED);

  private static final String VANISHED = RowQueries.column(StandardMeasure.VANISHED.id());

  private static final int MAX_PAGE = 500;

  private static final int MAX_COUNTS = 100;

  /** The number of a row in its table, which DuckDB keeps. */
  private static final String ID = "rowid";

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
   * @param table the table of the run's rows
   * @param numbered whether the rows have the number of their image
   */
  record Listing(
      String source, Map<String, Column> columns, String compared, String table, boolean numbered) {
    /**
     * {@return decides the order of rows that are equal otherwise, so that pages do not overlap}
     */
    private String ties() {
      return (numbered ? SharedNames.IMAGE : "key") + ", model, precision, reference";
    }

    /** {@return what a column is sorted by: keys have the order of their numbers} */
    private String sorted(Column column) {
      return numbered && column.kind() == Column.Kind.KEY ? SharedNames.IMAGE : column.sql();
    }
  }

  /**
   * Lists a run's rows.
   *
   * @return at least those that satisfy the request's filters
   */
  static Listing of(ViewedRun run, Request request) {
    String table = run.source(request);
    return new Listing(table, run.columns(), "", table, run.isNumbered(table));
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
          .append(Tables.literal(model))
          .append(" THEN ")
          .append(there.map(Tables::literal).orElse("NULL"));
    }
    String vanished = StandardMeasure.VANISHED.id();
    boolean presence = run.columns().containsKey(vanished) && other.columns().containsKey(vanished);
    String model = renamed ? names + " END" : "r.model";
    String column = RowQueries.column(measure);
    String table = run.source(request);
    boolean numbered = run.isNumbered(table) && other.isNumbered(other.source(request));
    String source =
        """
        (SELECT r.*%7$s, o.%1$s AS other, o.%1$s - r.%1$s AS difference%5$s
         FROM %2$s r JOIN %3$s o
           ON o.%6$s = r.%6$s AND o.model = %4$s AND o.precision = r.precision
             AND o.reference = r.reference)
        """
            .formatted(
                column,
                table,
                other.source(request),
                model,
                presence ? ", o." + VANISHED + " AS " + OTHER_VANISHED : "",
                numbered ? SharedNames.IMAGE : "key",
                numbered ? ", r." + ID : "");
    Map<String, Column> columns = new LinkedHashMap<>(run.columns());
    columns.put(OTHER, new Column(OTHER, Column.Kind.NUMBER));
    columns.put(DIFFERENCE, new Column(DIFFERENCE, Column.Kind.NUMBER));
    if (presence) {
      columns.put(OTHER_VANISHED, new Column(OTHER_VANISHED, Column.Kind.NUMBER));
    }
    return new Listing(source, columns, measure, table, numbered);
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
    RowFilter filter = RowFilter.of(request, listing.columns(), listing.numbered());
    long offset = request.number("offset", 0, Long.MAX_VALUE);
    long limit = request.number("limit", 100, MAX_PAGE);
    String page =
        "FROM %s WHERE %s ORDER BY %s LIMIT %d OFFSET %d"
            .formatted(listing.source(), filter.sql(), order(listing, request), limit, offset);
    boolean twoRuns = !listing.compared().isEmpty();
    Map<Boolean, List<Column>> parts =
        listing.columns().values().stream()
            .collect(Collectors.partitioningBy(c -> twoRuns && PAIR.contains(c.name())));
    List<String> own = sql(parts.get(false));
    List<String> ofPair = sql(parts.get(true));
    List<String> names =
        Stream.of(false, true).flatMap(pair -> parts.get(pair).stream()).map(Column::name).toList();
    List<List<Object>> rows =
        listing.numbered()
            ? found(listing, request, page, filter, own, ofPair)
            : database.query(
                select(own, ofPair) + page,
                filter.arguments(),
                row -> values(row, 1, own.size() + ofPair.size()));
    return Map.of("columns", names, "offset", offset, "rows", rows);
  }

  /**
   * Finds the page's rows by the columns that decide the order, then reads all columns of these
   * rows: sorting whole rows takes ten times as long.
   */
  private List<List<Object>> found(
      Listing listing,
      Request request,
      String page,
      RowFilter filter,
      List<String> own,
      List<String> ofPair)
      throws IOException {
    Map<Long, List<Object>> pairs = new LinkedHashMap<>();
    database.query(
        select(List.of(ID), ofPair) + page,
        filter.arguments(),
        row -> pairs.put(row.getLong(1), values(row, 2, ofPair.size())));
    if (pairs.isEmpty()) {
      return List.of();
    }
    String ids = pairs.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
    Map<Long, List<Object>> rows = new HashMap<>();
    // Rows of one reference lie together: the others are skipped.
    Column reference = listing.columns().get("reference");
    List<String> references = request.parameters().get(RowFilter.PREFIX + reference.name());
    boolean one = references != null && references.size() == 1;
    database.query(
        select(List.of(ID), own)
            + "FROM %s WHERE %s IN (%s)".formatted(listing.table(), ID, ids)
            + (one ? " AND " + RowFilter.isWord(reference) : ""),
        one ? references : List.of(),
        row -> rows.put(row.getLong(1), values(row, 2, own.size())));
    List<List<Object>> ordered = new ArrayList<>();
    pairs.forEach(
        (id, pair) -> {
          List<Object> values = rows.get(id);
          values.addAll(pair);
          ordered.add(values);
        });
    return ordered;
  }

  private static List<String> sql(Collection<Column> columns) {
    return columns.stream().map(Column::sql).toList();
  }

  private static String select(List<String> columns, List<String> more) {
    return Stream.concat(columns.stream(), more.stream())
        .collect(Collectors.joining(", ", "SELECT ", " "));
  }

  private static List<Object> values(ResultSet row, int first, int count) throws SQLException {
    List<Object> values = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
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
      return listing.ties();
    }
    Column column = RowFilter.column(sort.get(), listing.columns());
    String order = request.find("order").orElse("asc");
    if (!order.equals("asc") && !order.equals("desc")) {
      throw new BadRequestException("order must be asc or desc, not '" + order + "'");
    }
    return lost(listing, column, order)
        + "%s %s NULLS LAST, %s".formatted(listing.sorted(column), order, listing.ties());
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
    RowFilter filter = RowFilter.of(request, listing.columns(), listing.numbered());
    List<Object> key = List.of(listing.source(), filter.sql(), filter.arguments());
    synchronized (counts) {
      if (counts.containsKey(key)) {
        return counts.get(key);
      }
    }
    Map<String, Long> counted = counted(listing, filter);
    synchronized (counts) {
      counts.put(key, counted);
    }
    return counted;
  }

  private Map<String, Long> counted(Listing listing, RowFilter filter) throws IOException {
    return database
        .query(
            "SELECT count(*), count(DISTINCT %s) FROM %s WHERE %s"
                .formatted(
                    listing.numbered() ? SharedNames.IMAGE : "key", listing.source(), filter.sql()),
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
    List<String> columns = sql(run.columns().values());
    String order =
        SharedNames.WORDS.stream()
            .map(word -> "CAST(%s AS %s)".formatted(word, SharedNames.type(word)))
            .collect(Collectors.joining(", "));
    return database.query(
        select(columns, List.of())
            + "FROM %s WHERE key = ? ORDER BY %s".formatted(run.view(), order),
        List.of(key),
        row -> {
          Map<String, Object> values = new LinkedHashMap<>();
          List<Object> all = values(row, 1, names.size());
          for (int i = 0; i < names.size(); i++) {
            values.put(names.get(i), all.get(i));
          }
          return values;
        });
  }
}
