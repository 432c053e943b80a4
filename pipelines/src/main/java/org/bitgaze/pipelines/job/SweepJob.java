package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.RunInfo;

/**
 * The skeleton of a job that runs many audits of the same images and publishes one result: each
 * pipeline leaves its files in a folder on this machine.
 */
abstract class SweepJob extends Job {
  final PrintStream out;

  private final AuditPlan audit;
  private volatile SweepRuns runs;
  private RunInfo run;
  private long start;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param audit what all its audits have in common
   */
  SweepJob(JobContext context, AuditPlan audit) {
    super(context);
    this.audit = audit;
    this.out = context.out();
  }

  @Override
  final boolean execute() throws IOException {
    start = System.nanoTime();
    run = PlannedRun.of(audit, context.description());
    runs = new SweepRuns(this, run);
    Path work = Files.createTempDirectory("bitgaze-work");
    try {
      // An output that cannot be written is found before work starts.
      context.output().open();
      context.output().discard();
      return execute(work);
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  /**
   * Does the work.
   *
   * @param work an empty folder on this machine, deleted afterwards
   * @return whether all conditions of the gate hold
   */
  abstract boolean execute(Path work) throws IOException;

  /** {@return what runs the pipelines} */
  final SweepRuns runs() {
    return runs;
  }

  /** {@return the description of the job, as if it ended now} */
  final RunInfo ended() throws IOException {
    return run.ended(
        (System.nanoTime() - start) / 1e9, Map.of(), Host.footprint(), Host.convolutions());
  }

  /** Publishes results, which replace what is in the output folder. */
  final void publish(Path made) throws IOException {
    try {
      context.output().open();
      context.output().replaceAll(made);
    } finally {
      context.output().discard();
    }
  }

  @Override
  final void discard() throws IOException {
    SweepRuns running = runs;
    if (running != null) {
      running.discard();
    }
    context.output().discard();
  }
}
