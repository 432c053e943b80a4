package org.bitgaze.pipelines.report;

import java.util.Optional;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * A mean over images and its standard deviation.
 *
 * @param mean the mean; null without values
 * @param std the sample standard deviation; null with fewer than two values
 */
public record MeanStd(@Nullable Double mean, @Nullable Double std) {
  private static final MeanStd NONE = new MeanStd(null, null);

  static MeanStd of(Optional<SummaryLine> line) {
    return line.map(l -> new MeanStd(l.mean(), l.std())).orElse(NONE);
  }

  /** {@return such as {@code 0.993 ± 0.010}; a dash without values} */
  String text() {
    return SummaryCell.text(mean, std);
  }
}
