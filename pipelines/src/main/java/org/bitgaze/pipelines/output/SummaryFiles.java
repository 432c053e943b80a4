package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;

/** The summary as CSV and as JSON. */
public final class SummaryFiles {
  private SummaryFiles() {}

  /** Writes {@code summary.csv}. */
  public static void writeCsv(Summary summary, Path file) throws IOException {
    new Layout<SummaryLine>()
        .left("model", SummaryLine::model)
        .left("precision", SummaryLine::precision)
        .left("reference", SummaryLine::reference)
        .left("measure", SummaryLine::measure)
        .right("count", SummaryLine::count)
        .right("mean", l -> Numbers.digits(l.mean()))
        .right("std", l -> Numbers.digits(l.std()))
        .right("ci95_low", l -> Numbers.digits(l.ci95Low()))
        .right("ci95_high", l -> Numbers.digits(l.ci95High()))
        .right("min", l -> Numbers.digits(l.min()))
        .right("q1", l -> Numbers.digits(l.q1()))
        .right("median", l -> Numbers.digits(l.median()))
        .right("q3", l -> Numbers.digits(l.q3()))
        .right("max", l -> Numbers.digits(l.max()))
        .right("degenerate", SummaryLine::degenerate)
        .left("ranges", l -> summary.ranges())
        .of(summary.lines())
        .writeCsv(file);
  }

  /** Writes {@code summary.json}: the same lines at full precision. */
  public static void writeJson(Summary summary, Path file) throws IOException {
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(file.toFile(), summary);
  }

  /**
   * Reads {@code summary.json}.
   *
   * @throws IOException if the file cannot be read, or has a measure that is not on the class path;
   *     the message names the file and the measure
   */
  public static Summary readJson(Path file) throws IOException {
    Summary summary = new ObjectMapper().readValue(file.toFile(), Summary.class);
    try {
      summary.measures(measure -> true);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    return summary;
  }
}
