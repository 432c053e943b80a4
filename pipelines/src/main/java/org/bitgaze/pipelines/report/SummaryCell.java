package org.bitgaze.pipelines.report;

import java.util.Optional;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Cell;
import org.bitgaze.pipelines.table.Numbers;

/**
 * A mean and what is known about it.
 *
 * @param line the statistics
 * @param best whether no other model has a better mean
 */
public record SummaryCell(SummaryLine line, boolean best) {

  /** {@return mean and standard deviation, or a share in per cent; a dash without values} */
  public String text() {
    boolean isShare = MeasureCatalog.of(line.measure()).isShare();
    return isShare ? Numbers.percent(line.mean()) : text(line.mean(), line.std());
  }

  /** A mean and its deviation: {@code 0.993 ± 0.010}. */
  static String text(Double mean, Double std) {
    boolean deviates = mean != null && std != null && !std.isNaN();
    return Numbers.fixed(mean, 3) + (deviates ? " ± " + Numbers.fixed(std, 3) : "");
  }

  /** The cell of a table. */
  static Cell cell(Optional<SummaryCell> of) {
    return of.map(c -> new Cell(c.line().mean(), c.text(), c.best())).orElse(Cell.EMPTY);
  }
}
