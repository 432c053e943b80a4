package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.image.RgbImage;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.runner.JobMetrics;
import org.bitgaze.pipelines.runner.Progress;
import org.bitgaze.pipelines.runner.WatchedPipelines;
import org.bitgaze.quant.Calibration;
import org.bitgaze.transforms.MetricNames;

/**
 * The skeleton of a job: it runs pipelines one after the other, and leaves neither a running
 * pipeline nor staged files when it ends, fails or is interrupted.
 */
public abstract class Job {
  /** The job's surroundings. */
  protected final JobContext context;

  private final WatchedPipelines pipelines;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   */
  protected Job(JobContext context) {
    this.context = context;
    this.pipelines = new WatchedPipelines(context.runner(), context.out());
  }

  /**
   * Runs the job.
   *
   * @return whether all conditions of the gate hold
   * @throws IOException if the output cannot be written
   * @throws org.apache.beam.sdk.Pipeline.PipelineExecutionException if a pipeline fails
   */
  public final boolean run() throws IOException {
    Thread interruption =
        new Thread(
            () -> {
              pipelines.stop();
              discardQuietly();
            });
    Runtime.getRuntime().addShutdownHook(interruption);
    try {
      return execute();
    } finally {
      discardQuietly();
      try {
        Runtime.getRuntime().removeShutdownHook(interruption);
      } catch (IllegalStateException e) {
        // The process is ending, and the hook runs.
      }
    }
  }

  /** Does the work. {@return whether all conditions of the gate hold} */
  abstract boolean execute() throws IOException;

  /** Deletes staged files; also called by the thread of an interruption. */
  abstract void discard() throws IOException;

  private void discardQuietly() {
    try {
      discard();
    } catch (IOException | RuntimeException e) {
      context.out().println("staged files could not be deleted: " + e.getMessage());
    }
  }

  /** Runs the audit's pipeline over some images. */
  JobMetrics runPipeline(AuditInput images, AuditPlan plan, OutputFolder stage, Progress progress)
      throws IOException {
    return pipelines.run(AuditPipeline.create(context.runner(), images, plan, stage), progress);
  }

  /**
   * Calibrates the ranges of a plan's models on a sample of some images, or of those that the
   * context names.
   */
  AuditPlan calibrated(AuditPlan plan, AuditInput images) throws IOException {
    AuditInput source = context.calibration().orElse(images);
    Calibration found =
        new RangeCalibration(
                context.runner().options(),
                source,
                plan.models(),
                plan.ranges(),
                plan.calibrationImages(),
                context.runner().slots())
            .run(context.out());
    return plan.with(context.calibration().isEmpty() ? found : distinct(found, source));
  }

  /**
   * Renames calibration images from another folder whose keys the audit has for other pictures, so
   * that equal keys mean equal pictures.
   */
  private Calibration distinct(Calibration found, AuditInput source) {
    List<String> keys =
        found.images().stream()
            .map(key -> isShared(key, source) ? key : Calibration.FOREIGN + key)
            .toList();
    return new Calibration(found.rule(), keys, found.models());
  }

  /** Tells whether a calibration image and the job's image of that key are the same picture. */
  final boolean isShared(String key, AuditInput source) {
    try {
      RgbImage audited = context.input().read(key);
      return audited.equals(source.read(key));
    } catch (IOException | IllegalArgumentException e) {
      // It is no image of the job: scenes, for example, have other keys than files.
      return false;
    }
  }

  /** Warns of maps and masks that are to be doubted: lines for the terminal. */
  static List<String> warnings(JobMetrics metrics, long images) {
    List<String> warnings = new ArrayList<>();
    if (metrics.unusableMasks() > 0) {
      warnings.add(
          "warning: %d of %d images have no usable mask, and no values against masks;"
                  .formatted(metrics.unusableMasks(), images)
              + " rejects.csv says why");
    }
    RunInfo.unstableMaps(metrics.count(MetricNames.UNSTABLE))
        .ifPresent(warning -> warnings.add("warning: " + warning));
    return warnings;
  }
}
