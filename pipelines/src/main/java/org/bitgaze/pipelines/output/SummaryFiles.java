package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The summary as CSV and as JSON. */
public final class SummaryFiles {
  private static final CSVFormat CSV =
      CSVFormat.DEFAULT
          .builder()
          .setRecordSeparator("\n")
          .setHeader(
              "model",
              "precision",
              "reference",
              "measure",
              "count",
              "mean",
              "std",
              "ci95_low",
              "ci95_high",
              "min",
              "q1",
              "median",
              "q3",
              "max",
              "degenerate",
              "ranges")
          .build();

  /** More digits than anybody measures. */
  private static final MathContext DIGITS = new MathContext(9);

  private SummaryFiles() {}

  /**
   * Writes {@code summary.csv}.
   *
   * @param summary what to write
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public static void writeCsv(Summary summary, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file);
        CSVPrinter csv = new CSVPrinter(writer, CSV)) {
      for (SummaryLine l : summary.lines()) {
        csv.printRecord(
            l.model(),
            l.precision(),
            l.reference(),
            l.measure(),
            l.count(),
            digits(l.mean()),
            digits(l.std()),
            digits(l.ci95Low()),
            digits(l.ci95High()),
            digits(l.min()),
            digits(l.q1()),
            digits(l.median()),
            digits(l.q3()),
            digits(l.max()),
            l.degenerate(),
            summary.ranges());
      }
    }
  }

  /**
   * Writes {@code summary.json}: the same lines at full precision.
   *
   * @param summary what to write
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public static void writeJson(Summary summary, Path file) throws IOException {
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(file.toFile(), summary);
  }

  /**
   * Reads {@code summary.json}.
   *
   * @param file what {@link #writeJson} wrote
   * @return the summary
   * @throws IOException if it cannot be read
   */
  public static Summary readJson(Path file) throws IOException {
    return new ObjectMapper().readValue(file.toFile(), Summary.class);
  }

  private static String digits(Double value) {
    return value == null
        ? ""
        : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
