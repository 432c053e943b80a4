package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Table;
import org.bitgaze.quant.Precision;

/**
 * The summary with measures as columns: models are groups, with one row per pair of maps.
 *
 * @param groups one per model
 * @param measures the columns: the measures that have a value somewhere
 */
public record CompactTable(List<Group> groups, List<Measure> measures) {
  /** The width that a terminal is expected to have. */
  private static final int WIDTH = 100;

  /** Width of a cell such as {@code 0.993 ± 0.010}, with the gap before the next. */
  private static final int CELL = 15;

  /** Parts of the text, one per kind of reference: each has measures of its own. Drift is first. */
  private static final List<Predicate<Reference>> PARTS =
      List.of(
          r -> r.equals(Reference.F32) || r.equals(Reference.DEPLOYED) || r.equals(Reference.LABEL),
          Reference::isSaliency,
          Reference.MASK::equals);

  /**
   * One model's rows.
   *
   * @param model the model's id
   * @param title the model's title
   * @param rows by what maps are compared with, then by precision
   */
  public record Group(String model, String title, List<Row> rows) {}

  /**
   * One pair of maps.
   *
   * @param title the model's title
   * @param pair such as {@code int8 / f32}
   * @param reference what maps are compared with
   * @param cells one per measure; empty if the measure was not taken
   */
  public record Row(
      String title, String pair, Reference reference, List<Optional<SummaryCell>> cells) {
    /** {@return the number of images that were compared} */
    public long images() {
      return lines().mapToLong(c -> c.line().count() + c.line().degenerate()).max().orElse(0);
    }

    /**
     * {@return the number of images without a value: the largest among the measures. Equal signals
     * have no ratio, which is no lack.}
     */
    public long degenerate() {
      return lines()
          .filter(
              c -> MeasureCatalog.of(c.line().measure()).domain() != Measure.Domain.DEPLOYED_SIGNAL)
          .mapToLong(c -> c.line().degenerate())
          .max()
          .orElse(0);
    }

    private Stream<SummaryCell> lines() {
      return cells.stream().flatMap(Optional::stream);
    }
  }

  /** Arranges a summary. */
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
    List<Row> rows = new ArrayList<>();
    for (String pair : table.rows().stream().map(CompactTable::pair).distinct().toList()) {
      List<Table1.Row> own = table.rows().stream().filter(r -> pair(r).equals(pair)).toList();
      List<Optional<SummaryCell>> cells = new ArrayList<>();
      for (Measure measure : measures) {
        cells.add(
            own.stream()
                .filter(r -> r.measure() == measure && isShown(r))
                .findFirst()
                .flatMap(r -> r.cells().get(model)));
      }
      if (cells.stream().anyMatch(Optional::isPresent)) {
        rows.add(new Row(table.models().get(model), pair, own.get(0).reference(), cells));
      }
    }
    return rows;
  }

  /** Agreement with the label is shown beside agreement with f32; f32 has a row of its own. */
  private static String pair(Table1.Row row) {
    boolean isLabel = row.measure().domain() == Measure.Domain.LABEL;
    return isLabel && !row.precision().equals(Precision.F32.toString())
        ? row.precision() + " / " + Reference.F32.id()
        : row.pair();
  }

  /** Whether a map vanished does not depend on the reference, so it is shown once. */
  private static boolean isShown(Table1.Row row) {
    return row.measure() != StandardMeasure.VANISHED
        || row.reference().equals(Reference.F32)
        || row.precision().equals(Precision.F32.toString());
  }

  /** Formats the table for a terminal, in parts of at most 100 columns. */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (Predicate<Reference> part : PARTS) {
      List<Row> shown = rows().filter(r -> part.test(r.reference())).toList();
      List<Integer> columns = new ArrayList<>();
      for (int i = 0; i < measures.size(); i++) {
        int column = i;
        if (shown.stream().anyMatch(r -> r.cells().get(column).isPresent())) {
          columns.add(i);
        }
      }
      int first = shown.stream().mapToInt(r -> r.pair().length() + 4).max().orElse(WIDTH);
      int fitting = Math.max(1, (WIDTH - first) / CELL);
      for (int from = 0; from < columns.size(); from += fitting) {
        List<Integer> some = columns.subList(from, Math.min(columns.size(), from + fitting));
        lines.addAll(text(part, some));
        lines.add("");
      }
    }
    return lines;
  }

  private Stream<Row> rows() {
    return groups.stream().flatMap(group -> group.rows().stream());
  }

  private List<String> text(Predicate<Reference> part, List<Integer> columns) {
    List<Optional<SummaryCell>> none =
        measures.stream().map(m -> Optional.<SummaryCell>empty()).toList();
    List<Row> rows = new ArrayList<>();
    for (Group group : groups) {
      rows.add(new Row("", group.title(), Reference.F32, none));
      for (Row row : group.rows()) {
        if (part.test(row.reference())) {
          rows.add(new Row("", "  " + row.pair(), row.reference(), row.cells()));
        }
      }
    }
    Layout<Row> layout = new Layout<Row>().left("maps", Row::pair);
    for (int i : columns) {
      Measure measure = measures.get(i);
      String name = measure.id() + " " + measure.better().arrow();
      layout.left(name, row -> SummaryCell.cell(row.cells().get(i)));
    }
    return layout.of(rows).text();
  }

  /** All rows in one table; nothing stands out. */
  Table table() {
    Layout<Row> layout =
        new Layout<Row>()
            .left("model", Row::title)
            .left("maps", Row::pair)
            .right("images", Row::images);
    for (int i = 0; i < measures.size(); i++) {
      int column = i;
      layout.right(
          measures.get(i).id() + measures.get(i).better().arrow(),
          row -> row.cells().get(column).map(SummaryCell::text).orElse(""));
    }
    return layout.of(rows().toList());
  }
}
