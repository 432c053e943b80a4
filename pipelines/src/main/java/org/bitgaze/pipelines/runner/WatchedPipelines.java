package org.bitgaze.pipelines.runner;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/** Runs pipelines, one after the other, and cancels the running one when the process must end. */
public final class WatchedPipelines {
  private static final long TICK_MILLIS = 500;

  private static final long SUBMISSION_SECONDS = 15;

  private final RunnerSetup runner;
  private final PrintStream out;
  private final AtomicReference<PipelineResult> running = new AtomicReference<>();

  /** Held while a job is submitted: a cancellation waits until there is a job to cancel. */
  private final Lock submission = new ReentrantLock();

  private volatile boolean stopping;

  /**
   * Prepares; nothing runs yet.
   *
   * @param runner where the pipelines run
   * @param out where a failed cancellation is reported
   */
  public WatchedPipelines(RunnerSetup runner, PrintStream out) {
    this.runner = runner;
    this.out = out;
  }

  /**
   * Runs a pipeline to its end.
   *
   * @param pipeline the pipeline, created with the runner's options
   * @param progress shows the number of processed images
   * @return the pipeline's metrics
   * @throws IOException if a cluster does not answer
   * @throws IllegalStateException if the pipeline fails, or the process is ending
   */
  public JobMetrics run(Pipeline pipeline, Progress progress) throws IOException {
    PipelineResult result;
    submission.lock();
    try {
      if (stopping) {
        throw new IllegalStateException("interrupted");
      }
      result = submit(pipeline, progress);
      running.set(result);
    } finally {
      submission.unlock();
    }
    boolean well = false;
    try {
      JobMetrics metrics = watch(result, progress);
      well = true;
      return metrics;
    } finally {
      running.set(null);
      if (!well) {
        cancelQuietly(result);
      }
    }
  }

  /**
   * Embedded Flink returns when the job has ended; until then, a count in this process is shown.
   */
  private static PipelineResult submit(Pipeline pipeline, Progress progress) {
    long before = StartedImages.inThisProcess();
    ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
    ticker.scheduleAtFixedRate(
        () -> progress.update(JobMetrics.NONE, StartedImages.inThisProcess() - before),
        TICK_MILLIS,
        TICK_MILLIS,
        TimeUnit.MILLISECONDS);
    try {
      return pipeline.run();
    } finally {
      ticker.shutdown();
      try {
        // The last line must not be printed after the progress line was cleared.
        ticker.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      progress.finish();
    }
  }

  private JobMetrics watch(PipelineResult result, Progress progress) throws IOException {
    try {
      JobWatch watch = new JobWatch(runner.options(), result);
      while (!watch.ended()) {
        JobMetrics metrics = watch.metrics();
        progress.update(metrics, watch.explained(metrics));
      }
      return JobMetrics.of(result.metrics());
    } finally {
      progress.finish();
    }
  }

  /**
   * Cancels the running pipeline, also on a cluster, and refuses to start another one. A submission
   * that takes longer than a cluster needs is a job of embedded Flink, which ends with this
   * process.
   */
  public void stop() {
    stopping = true;
    try {
      if (!submission.tryLock(SUBMISSION_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
      try {
        PipelineResult result = running.get();
        if (result != null) {
          cancelQuietly(result);
        }
      } finally {
        submission.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cancelQuietly(PipelineResult result) {
    try {
      PipelineResult.State state = result.getState();
      if (state == null || !state.isTerminal()) {
        result.cancel();
      }
    } catch (IOException | RuntimeException e) {
      out.println("the job could not be cancelled: " + e.getMessage());
    }
  }
}
