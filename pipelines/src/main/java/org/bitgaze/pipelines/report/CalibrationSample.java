package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.quant.Calibration;

/**
 * The images that calibrated the ranges.
 *
 * @param images how many there are; 0 if ranges are dynamic
 * @param audited how many of them are also audited
 */
public record CalibrationSample(int images, long audited) {
  /** Below this number the ranges, and verdicts, may depend much on which images are taken. */
  private static final int ENOUGH = 32;

  /**
   * Finds the images that both calibrated the ranges and were audited.
   *
   * @param calibration the ranges and their images
   * @param rows the audit's rows
   * @return the numbers
   * @throws IOException if the rows cannot be read
   */
  public static CalibrationSample of(Calibration calibration, Rows rows) throws IOException {
    List<String> keys = List.copyOf(calibration.images());
    if (keys.isEmpty()) {
      return new CalibrationSample(0, 0);
    }
    String sql =
        "SELECT count(DISTINCT key) FROM rows WHERE key IN (%s)"
            .formatted(String.join(", ", Collections.nCopies(keys.size(), "?")));
    return new CalibrationSample(
        keys.size(), (long) rows.numbers(sql, keys.toArray(String[]::new))[0]);
  }

  /** {@return one sentence about the sample; empty if ranges are dynamic} */
  public String describe() {
    return images == 0
        ? ""
        : "%d images calibrated the ranges; %d of them are also audited."
            .formatted(images, audited);
  }

  /** {@return a warning if there are few images, else an empty text} */
  public String warning() {
    return images == 0 || images >= ENOUGH
        ? ""
        : "Fewer than %d images calibrated the ranges: verdicts may depend on which images were taken. How much is not known."
            .formatted(ENOUGH);
  }
}
