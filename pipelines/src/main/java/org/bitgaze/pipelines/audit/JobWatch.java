package org.bitgaze.pipelines.audit;

import java.io.IOException;
import java.util.Optional;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.transforms.CompareMaps;
import org.joda.time.Duration;

/** Waits for a job, and finds out what it died of. */
final class JobWatch {
  /** Between two looks passes a twentieth of the time that the job has run, within bounds. */
  private static final long SHARE = 20;

  /** Between two looks at what was counted, which costs a cluster and this process some work. */
  private static final long LEAST_INTERVAL_MILLIS = 500;

  private static final long MOST_INTERVAL_MILLIS = 2000;

  /** Between two questions whether the job on a cluster has ended. */
  private static final long LEAST_QUESTION_MILLIS = 100;

  private static final long MOST_QUESTION_MILLIS = 500;

  /** A cluster's own counts are not younger than this. */
  private static final long COUNTS_MILLIS = 2000;

  /** Between two questions for a cluster's metrics, of some 20 ms of processor time each. */
  private static final long METRICS_MILLIS = 5000;

  /** Between two questions whether there are task managers. */
  private static final long TASK_MANAGERS_MILLIS = 5000;

  /** A cluster without task managers for so long has lost them; it would wait for minutes. */
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
   * Waits a moment.
   *
   * @return whether the job has ended well
   * @throws OutOfMemoryError if a task manager said that it died of that
   * @throws IllegalStateException if the job has ended otherwise, with the cause as far as it is
   *     known
   */
  boolean ended() throws IOException {
    PipelineResult.State state;
    long interval = moment(LEAST_INTERVAL_MILLIS, MOST_INTERVAL_MILLIS);
    if (options.getRunner() == DirectRunner.class) {
      // Only who waits hears of its failures.
      state = result.waitUntilFinish(Duration.millis(interval));
    } else {
      // Waiting for a detached Flink job takes at least five seconds, whatever was asked for.
      long end = now() + interval;
      do {
        sleep(moment(LEAST_QUESTION_MILLIS, MOST_QUESTION_MILLIS));
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

  /** Flink's own client is patient, but starts anew for each question. */
  private PipelineResult.State state() {
    String said = cluster.flatMap(c -> c.state(options.getJobName())).orElse("");
    return switch (said) {
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

  /**
   * Says what the runner reports; a cluster, which reports of tasks that have ended, as of late.
   */
  JobMetrics metrics() {
    long now = now();
    if (cluster.isEmpty() || now - reportedAt >= METRICS_MILLIS) {
      reportedAt = now;
      reported = JobMetrics.of(result.metrics());
    }
    return reported;
  }

  /**
   * Counts images that have passed the last CAM.
   *
   * @param metrics what the runner reports
   */
  long explained(JobMetrics metrics) throws IOException {
    long now = now();
    if (cluster.isPresent() && now - counted >= COUNTS_MILLIS) {
      counted = now;
      passed = cluster.get().records(options.getJobName(), CompareMaps.LAST_STEP_OF_IMAGES);
    }
    return Math.max(passed, metrics.explained());
  }

  private RuntimeException failed(PipelineResult.State state) throws IOException {
    String cause =
        cluster.isPresent() ? cluster.get().causeOfDeath(options.getJobName()).orElse("") : "";
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

  /** What happened on the cluster, for the log. */
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
          "no task manager is left on the cluster; their logs say why (out of memory?)");
    }
  }

  /** Milliseconds of a clock that nobody sets. */
  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** The longer a job has run, the less it matters when exactly its end is seen. */
  private long moment(long least, long most) {
    return Math.max(least, Math.min(most, (now() - begun) / SHARE));
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
