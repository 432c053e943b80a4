package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.quant.Calibration;

/**
 * The images that calibrated the ranges.
 *
 * @param images how many there are; 0 if ranges are dynamic
 * @param audited how many of them are also audited
 * @param shared how these differ from the other audited images, by model and precision
 */
public record CalibrationSample(int images, long audited, List<SharedImages> shared) {
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
  public static CalibrationSample of(Calibration calibration, RowQueries rows) throws IOException {
    List<String> keys = List.copyOf(calibration.images());
    if (keys.isEmpty()) {
      return new CalibrationSample(0, 0, List.of());
    }
    String sql =
        "SELECT count(*) FROM images WHERE key IN (%s)"
            .formatted(String.join(", ", Collections.nCopies(keys.size(), "?")));
    long audited = (long) rows.withDrifts().numbers(sql, keys.toArray())[0];
    List<SharedImages> shared = new ArrayList<>();
    if (audited > 0) {
      List<String[]> maps =
          rows.query(
              "SELECT DISTINCT model, precision FROM drifts ORDER BY ALL",
              row -> new String[] {row.getString(1), row.getString(2)});
      for (String[] map : maps) {
        SharedImages.of(keys, rows, map[0], map[1]).ifPresent(shared::add);
      }
    }
    return new CalibrationSample(keys.size(), audited, shared);
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

  /**
   * Warns that images judge ranges that were made from them.
   *
   * @return what that changes in this audit; empty if no image is shared
   */
  public String sharedWarning() {
    if (audited == 0) {
      return "";
    }
    String known =
        shared.isEmpty()
            ? "There are too few images to compare them with the others."
            : shared.stream().anyMatch(SharedImages::differs)
                ? "Their mean CC minus that of the other images: "
                    + shared.stream()
                        .filter(SharedImages::differs)
                        .map(SharedImages::text)
                        .collect(Collectors.joining("; "))
                    + "."
                : "Here their mean CC does not differ from that of the other images by more than chance.";
    return "%d audited images also calibrated the ranges, so their maps may be closer to f32's than those of images that the network meets later; --calibration-input takes ranges from other images. %s"
        .formatted(audited, known);
  }
}
