package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.Optional;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.job.AuditInput;
import picocli.CommandLine.Option;

/** Images for calibration that are not the images of the job. */
final class CalibrationInputOption {
  @Nullable
  @Option(
      names = "--calibration-input",
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description =
          "images from which ranges are taken, so that no image judges ranges that were made from it"
              + " (default: a sample of --input)")
  private String input;

  /**
   * Finds and counts the images.
   *
   * @param isUsed whether the job calibrates ranges
   * @return the images; empty if the option is not given
   * @throws UsageException if there are none, or the job calibrates nothing
   * @throws IOException if a file system does not answer
   */
  Optional<AuditInput> images(boolean isUsed) throws IOException {
    if (input == null) {
      return Optional.empty();
    }
    UsageException.require(
        isUsed,
        "--calibration-input has no effect: ranges come from a file, are dynamic, or no precision"
            + " needs them");
    return Optional.of(InputOptions.images("--calibration-input", input, 0));
  }
}
