package org.bitgaze.pipelines.output;

import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.transforms.Comparison;
import org.bitgaze.transforms.Reject;

/** Rows and rejects as CSV records. */
public final class RowCsv {
  /** Columns of {@code rows.csv} with their DuckDB types. */
  static final List<String[]> ROW_COLUMNS =
      List.of(
          new String[] {"key", "VARCHAR"},
          new String[] {"network", "VARCHAR"},
          new String[] {"precision", "VARCHAR"},
          new String[] {"reference", "VARCHAR"},
          new String[] {"predicted_class", "INTEGER"},
          new String[] {"probability", "DOUBLE"},
          new String[] {"explained_class", "INTEGER"},
          new String[] {"label", "INTEGER"},
          new String[] {"flipped", "BOOLEAN"},
          new String[] {"SIM", "DOUBLE"},
          new String[] {"CC", "DOUBLE"},
          new String[] {"KLD", "DOUBLE"},
          new String[] {"pointing", "BOOLEAN"},
          new String[] {"energy", "DOUBLE"},
          new String[] {"degenerate", "VARCHAR"});

  /** Columns of {@code rejects.csv} with their DuckDB types. */
  static final List<String[]> REJECT_COLUMNS =
      List.of(new String[] {"key", "VARCHAR"}, new String[] {"reason", "VARCHAR"});

  private RowCsv() {}

  /**
   * Formats a row.
   *
   * @param c the row
   * @return one record without a line end, numbers at full precision, nothing for null
   */
  public static String format(Comparison c) {
    return CSVFormat.DEFAULT.format(
        c.getKey(),
        c.getNetwork(),
        c.getPrecision(),
        c.getReference(),
        c.getPredictedClass(),
        c.getProbability(),
        c.getExplainedClass(),
        c.getLabel(),
        c.getFlipped(),
        c.getSim(),
        c.getCc(),
        c.getKld(),
        c.getPointing(),
        c.getEnergy(),
        c.getDegenerate());
  }

  /**
   * Formats a reject.
   *
   * @param reject the reject
   * @return one record without a line end
   */
  public static String format(Reject reject) {
    return CSVFormat.DEFAULT.format(reject.getKey(), reject.getReason());
  }
}
