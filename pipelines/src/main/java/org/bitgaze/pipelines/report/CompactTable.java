package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The summary with measures as columns: models grouped, one row per pair of maps.
 *
 * @param groups one per model
 * @param measures the columns, those that have a value somewhere
 */
public record CompactTable(List<Group> groups, List<Measure> measures) {
  /** As wide as a terminal may be expected to be. */
  private static final int WIDTH = 100;

  /** Width of a cell such as {@code 0.993 ± 0.010}, with what is between it and the next. */
  private static final int CELL = 15;

  /**
   * One model's rows.
   *
   * @param model its id
   * @param title its name for people
   * @param rows by what maps are compared with, then by precision
   */
  public record Group(String model, String title, List<Row> rows) {}

  /**
   * One pair of maps.
   *
   * @param pair such as {@code int8 / f32}
   * @param reference what maps are compared with
   * @param images how many were compared
   * @param cells one per measure; null where there is none
   */
  public record Row(String pair, Reference reference, long images, List<Table1.Cell> cells) {
    /**
     * Returns how many images have no value, because a map is degenerate.
     *
     * @return the largest number among the measures
     */
    public long degenerate() {
      return cells.stream()
          .filter(Objects::nonNull)
          .mapToLong(c -> c.line().degenerate())
          .max()
          .orElse(0);
    }
  }

  /**
   * Lays a summary out.
   *
   * @param summary the numbers
   * @return the table
   */
  public static CompactTable of(Summary summary) {
    Table1 table = Table1.of(summary);
    Set<Measure> used = new LinkedHashSet<>();
    table.rows().forEach(row -> used.add(row.measure()));
    List<Measure> measures = List.copyOf(MeasureCatalog.ordered(used));
    List<Group> groups = new ArrayList<>();
    List<String> ids = List.copyOf(summary.models().keySet());
    for (int i = 0; i < ids.size(); i++) {
      groups.add(new Group(ids.get(i), table.models().get(i), rows(table, measures, i)));
    }
    return new CompactTable(groups, measures);
  }

  private static List<Row> rows(Table1 table, List<Measure> measures, int model) {
    List<String> pairs = table.rows().stream().map(CompactTable::pair).distinct().toList();
    List<Row> rows = new ArrayList<>();
    for (String pair : pairs) {
      List<Table1.Row> own = table.rows().stream().filter(r -> pair(r).equals(pair)).toList();
      List<Table1.Cell> cells = new ArrayList<>();
      for (Measure measure : measures) {
        cells.add(
            own.stream()
                .filter(r -> r.measure() == measure && isTold(measure, r))
                .findFirst()
                .map(r -> r.cells().get(model))
                .orElse(null));
      }
      if (cells.stream().anyMatch(Objects::nonNull)) {
        long images =
            cells.stream()
                .filter(Objects::nonNull)
                .map(Table1.Cell::line)
                .mapToLong(l -> l.count() + l.degenerate())
                .max()
                .orElse(0);
        rows.add(new Row(pair, Reference.of(own.get(0).reference()), images, cells));
      }
    }
    return rows;
  }

  /** Answers that are the label stand beside those that are f32's; f32 has a row of its own. */
  private static String pair(Table1.Row row) {
    boolean label = row.reference().equals(Reference.LABEL.id());
    return label && !row.precision().equals(Precision.F32.toString())
        ? row.precision() + " / " + Reference.F32.id()
        : row.pair();
  }

  /** A map that vanished has vanished beside every reference. */
  private static boolean isTold(Measure measure, Table1.Row row) {
    return measure != StandardMeasure.VANISHED
        || row.reference().equals(Reference.F32.id())
        || row.precision().equals(Precision.F32.toString());
  }

  /**
   * Returns the table for a terminal, in parts of at most 100 columns: one for each kind of
   * reference, for each has measures of its own.
   *
   * @return lines
   */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (Set<Reference> part : parts()) {
      List<Integer> columns = new ArrayList<>();
      for (int i = 0; i < measures.size(); i++) {
        int column = i;
        if (rows(part).stream().anyMatch(r -> r.cells().get(column) != null)) {
          columns.add(i);
        }
      }
      int first = rows(part).stream().mapToInt(r -> r.pair().length() + 4).max().orElse(WIDTH);
      int fitting = Math.max(1, (WIDTH - first) / CELL);
      for (int from = 0; from < columns.size(); from += fitting) {
        lines.addAll(text(part, columns.subList(from, Math.min(columns.size(), from + fitting))));
        lines.add("");
      }
    }
    return lines;
  }

  /** Drift first: it is the question. */
  private static List<Set<Reference>> parts() {
    return List.of(
        Set.of(Reference.F32, Reference.LABEL),
        Reference.all(Reference::isSaliency),
        Set.of(Reference.MASK));
  }

  private List<Row> rows(Set<Reference> part) {
    return groups.stream()
        .flatMap(g -> g.rows().stream())
        .filter(r -> part.contains(r.reference()))
        .toList();
  }

  private List<String> text(Set<Reference> part, List<Integer> columns) {
    List<List<String>> cells = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("maps"));
    columns.forEach(c -> header.add(measures.get(c).id() + " " + measures.get(c).better().arrow()));
    cells.add(header);
    for (Group group : groups) {
      List<String> name = new ArrayList<>(List.of(group.title()));
      columns.forEach(c -> name.add(""));
      cells.add(name);
      for (Row row : group.rows()) {
        if (part.contains(row.reference())) {
          List<String> line = new ArrayList<>(List.of("  " + row.pair()));
          columns.forEach(
              c -> line.add(row.cells().get(c) == null ? "" : row.cells().get(c).text()));
          cells.add(line);
        }
      }
    }
    return Columns.text(cells);
  }
}
