package org.bitgaze.pipelines.audit;

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
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.transforms.CompareMaps;

/** Runs pipelines, one after the other, and cancels the one that runs when the process must end. */
final class WatchedPipelines {
  private static final long TICK_MILLIS = 500;

  private static final long SUBMISSION_SECONDS = 15;

  private final PipelineOptions options;
  private final PrintStream out;
  private final AtomicReference<PipelineResult> running = new AtomicReference<>();

  /** Held while a job is submitted, so that who wants to cancel it waits until it is there. */
  private final Lock submission = new ReentrantLock();

  private volatile boolean stopping;

  /**
   * Prepares; nothing runs yet.
   *
   * @param options with which the pipelines are made
   * @param out where it is said that one cannot be cancelled
   */
  WatchedPipelines(PipelineOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs a pipeline to its end.
   *
   * @param progress is told how far it is
   * @return what was counted
   * @throws IOException if a cluster cannot be asked
   * @throws IllegalStateException if it failed, or the process is ending
   */
  JobMetrics run(Pipeline pipeline, Progress progress) throws IOException {
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

  /** An embedded Flink returns when the job has ended: until then, images are counted here. */
  private static PipelineResult submit(Pipeline pipeline, Progress progress) {
    long before = CompareMaps.passedHere();
    ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
    ticker.scheduleAtFixedRate(
        () -> progress.update(JobMetrics.NONE, CompareMaps.passedHere() - before),
        TICK_MILLIS,
        TICK_MILLIS,
        TimeUnit.MILLISECONDS);
    try {
      return pipeline.run();
    } finally {
      ticker.shutdown();
      try {
        // Nothing is printed after this.
        ticker.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      progress.finish();
    }
  }

  private JobMetrics watch(PipelineResult result, Progress progress) throws IOException {
    try {
      JobWatch watch = new JobWatch(options, result);
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
   * Cancels what runs, on a cluster too, and lets nothing else begin. What is submitted for longer
   * than a cluster takes is a job of Flink's embedded one, which ends with this process.
   */
  void stop() {
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
