package org.bitgaze.pipelines.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A table: named columns, and rows with one cell per column. The template {@code table.ftlh} shows
 * it as HTML.
 *
 * @param columns from left to right
 * @param rows from top to bottom
 */
public record Table(List<Column> columns, List<Row> rows) {
  /**
   * One column.
   *
   * @param name its heading
   * @param isNumeric whether it is aligned to the right
   */
  public record Column(String name, boolean isNumeric) {}

  /**
   * One row.
   *
   * @param cells one per column
   * @param ruled whether a rule separates it from the row before
   */
  public record Row(List<Cell> cells, boolean ruled) {
    /** {@return whether a cell stands out} */
    public boolean strong() {
      return cells.stream().anyMatch(Cell::strong);
    }
  }

  /** {@return lines for a terminal, in columns of equal width, with a rule below the headings} */
  public List<String> text() {
    return TextTable.render(this);
  }

  /** {@return Markdown; cells that stand out are bold} */
  public String markdown() {
    return MarkdownTable.render(this);
  }

  /** {@return a LaTeX tabular of the package booktabs; cells that stand out are bold} */
  public String latex() {
    return LatexTable.render(this);
  }

  /** {@return CSV: a header, and one record a line} */
  public String csv() {
    return CsvTable.render(this);
  }

  /** Writes the table as CSV. */
  public void writeCsv(Path file) throws IOException {
    Files.writeString(file, csv());
  }
}
