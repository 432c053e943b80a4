package org.bitgaze.pipelines.runner;

import java.io.IOException;
import java.util.Optional;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.transforms.CompareMaps;
import org.bitgaze.transforms.MetricNames;
import org.joda.time.Duration;

/** Waits for a job, and finds out why it failed. */
final class JobWatch {
  /** The interval between two polls is a twentieth of the job's running time, within bounds. */
  private static final long SHARE = 20;

  /** Bounds of the interval between two looks at the counters. */
  private static final long MIN_INTERVAL_MILLIS = 500;

  private static final long MAX_INTERVAL_MILLIS = 2000;

  /** Bounds of the interval between two requests for the state of a job on a cluster. */
  private static final long MIN_STATE_MILLIS = 100;

  private static final long MAX_STATE_MILLIS = 500;

  /** A cluster updates its record counts in this interval. */
  private static final long COUNTS_MILLIS = 2000;

  /** Interval between two requests for a cluster's metrics, of about 20 ms processor time each. */
  private static final long METRICS_MILLIS = 5000;

  /** Interval between two requests for the number of task managers. */
  private static final long TASK_MANAGERS_MILLIS = 5000;

  /**
   * A cluster that has had no task manager for this long has lost them; Flink waits for minutes.
   */
  private static final long ABANDONED_MILLIS = 20_000;

  private final PipelineOptions options;
  private final PipelineResult result;
  private final Optional<FlinkCluster> cluster;
  private final long begun = now();
  private long passed;
  private long counted = begun - COUNTS_MILLIS;
  private JobMetrics reported = JobMetrics.NONE;
  private long reportedAt = begun;
  private long checked = begun - TASK_MANAGERS_MILLIS;
  private long lastSeen = begun;

  JobWatch(PipelineOptions options, PipelineResult result) {
    this.options = options;
    this.result = result;
    String master =
        options.getRunner() == FlinkRunner.class
            ? options.as(FlinkPipelineOptions.class).getFlinkMaster()
            : "[";
    this.cluster =
        master.startsWith("[") ? Optional.empty() : Optional.of(new FlinkCluster(master));
  }

  /**
   * Waits for a short time.
   *
   * @return whether the job has succeeded
   * @throws OutOfMemoryError if a task manager ran out of memory
   * @throws IllegalStateException if the job failed or was cancelled, with the cause if it is known
   */
  boolean ended() throws IOException {
    PipelineResult.State state;
    long interval = interval(MIN_INTERVAL_MILLIS, MAX_INTERVAL_MILLIS);
    if (options.getRunner() == DirectRunner.class) {
      // Only waiting reports failures.
      state = result.waitUntilFinish(Duration.millis(interval));
    } else {
      // Waiting for a detached Flink job takes at least five seconds, whatever the timeout.
      long end = now() + interval;
      do {
        sleep(interval(MIN_STATE_MILLIS, MAX_STATE_MILLIS));
        state = state();
      } while (!isOver(state) && now() < end);
    }
    if (!isOver(state)) {
      checkTaskManagers();
      return false;
    }
    if (state != PipelineResult.State.DONE) {
      throw failed(state);
    }
    return true;
  }

  /** Uses REST: Flink's own client connects anew for each request. */
  private PipelineResult.State state() {
    String state = cluster.flatMap(c -> c.state(options.getJobName())).orElse("");
    return switch (state) {
      case "" -> result.getState();
      case "FINISHED" -> PipelineResult.State.DONE;
      case "FAILED" -> PipelineResult.State.FAILED;
      case "CANCELED" -> PipelineResult.State.CANCELLED;
      default -> PipelineResult.State.RUNNING;
    };
  }

  private static boolean isOver(PipelineResult.State state) {
    return state != null && state.isTerminal();
  }

  /** {@return the runner's metrics; those of a cluster, which are slow to get, may be stale} */
  JobMetrics metrics() {
    long now = now();
    if (cluster.isEmpty() || now - reportedAt >= METRICS_MILLIS) {
      reportedAt = now;
      reported = JobMetrics.of(result.metrics());
    }
    return reported;
  }

  /**
   * Returns the number of images whose maps are complete.
   *
   * @param metrics the runner's metrics
   */
  long explained(JobMetrics metrics) throws IOException {
    long now = now();
    if (cluster.isPresent() && now - counted >= COUNTS_MILLIS) {
      counted = now;
      passed = cluster.get().records(options.getJobName(), CompareMaps.LAST_STEP_OF_IMAGES);
    }
    return Math.max(passed, metrics.count(MetricNames.EXPLAINED));
  }

  private RuntimeException failed(PipelineResult.State state) throws IOException {
    String cause =
        cluster.isPresent() ? cluster.get().failure(options.getJobName()).orElse("") : "";
    if (cause.contains("OutOfMemoryError")) {
      throw new OutOfMemoryError("a task manager: " + cause.lines().findFirst().orElse(""));
    }
    String root =
        cause
            .lines()
            .filter(line -> line.startsWith("Caused by: "))
            .reduce((a, b) -> b)
            .map(line -> ": " + line.substring("Caused by: ".length()))
            .orElse("");
    return new IllegalStateException(
        "the job ended as " + state + root, cause.isEmpty() ? null : new RemoteTrace(cause));
  }

  /** The stack trace of a cluster, for the log. */
  private static final class RemoteTrace extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RemoteTrace(String trace) {
      super(trace, null, false, false);
    }
  }

  private void checkTaskManagers() throws IOException {
    long now = now();
    if (cluster.isEmpty() || now - checked < TASK_MANAGERS_MILLIS) {
      return;
    }
    checked = now;
    if (cluster.get().taskManagers() > 0) {
      lastSeen = now;
    } else if (now - lastSeen > ABANDONED_MILLIS) {
      throw new IllegalStateException(
          "no task manager is left on the cluster; see their logs for the reason (out of memory?)");
    }
  }

  /** Milliseconds of a monotonic clock. */
  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** The longer a job has run, the less a late notice of its end matters. */
  private long interval(long min, long max) {
    return Math.max(min, Math.min(max, (now() - begun) / SHARE));
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
