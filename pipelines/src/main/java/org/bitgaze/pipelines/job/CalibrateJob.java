package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.RunInfo;

/** Calibrates ranges, and writes them to {@code calibration.json}. */
public final class CalibrateJob extends Job {
  private final AuditPlan plan;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan the models and the rule
   */
  public CalibrateJob(JobContext context, AuditPlan plan) {
    super(context);
    this.plan = plan;
  }

  @Override
  boolean execute() throws IOException {
    long start = System.nanoTime();
    context.output().open();
    RunInfo run = PlannedRun.of(plan, context.description());
    AuditPlan found = calibrated(plan, context.input());
    Path made = Files.createTempDirectory("bitgaze-calibrate");
    try {
      CalibrationFile.write(
          found.recordedCalibration(),
          plan.protocol().decidingRanges(),
          run.models(),
          made.resolve("calibration.json"));
      run.ended((System.nanoTime() - start) / 1e9, Map.of(), Host.footprint(), Host.convolutions())
          .write(made.resolve("run.json"));
      context.output().replaceAll(made);
    } finally {
      BeamFiles.deleteTree(made);
    }
    context.out().println(plan.ranges() + " ranges in " + context.output() + "calibration.json");
    return true;
  }

  @Override
  void discard() throws IOException {
    context.output().discard();
  }
}
