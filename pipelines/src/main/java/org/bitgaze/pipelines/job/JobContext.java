package org.bitgaze.pipelines.job;

import java.io.PrintStream;
import java.util.Optional;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.runner.Progress;
import org.bitgaze.pipelines.runner.RunnerSetup;

/**
 * Where a job runs, what it reads, and where it writes.
 *
 * @param runner where the pipelines run
 * @param input the images
 * @param description how the job was started
 * @param output the folder of the results
 * @param out where progress and tables are printed
 * @param terminal whether {@code out} is a terminal
 * @param calibration the images from which ranges are taken; empty for {@code input}
 */
public record JobContext(
    RunnerSetup runner,
    AuditInput input,
    JobDescription description,
    OutputFolder output,
    PrintStream out,
    boolean terminal,
    Optional<AuditInput> calibration) {
  /**
   * Takes ranges from other images.
   *
   * @param images the images; empty for those of the job
   * @return a new context
   */
  public JobContext withCalibration(Optional<AuditInput> images) {
    return new JobContext(runner, input, description, output, out, terminal, images);
  }

  /** Starts to show progress over a part of the images. */
  Progress progress(long images, String prefix) {
    return new Progress(out, terminal, images, prefix);
  }

  /** Starts to show progress over some images. */
  Progress progress(AuditInput images) {
    return new Progress(out, terminal, images.count());
  }
}
