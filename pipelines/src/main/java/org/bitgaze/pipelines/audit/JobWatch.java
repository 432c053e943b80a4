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
  private static final long INTERVAL_MILLIS = 500;

  /** A cluster is asked so often whether the job has ended, for that costs little. */
  private static final long QUESTION_MILLIS = 100;

  /** A cluster without task managers for so long has lost them; it would wait for minutes. */
  private static final long ABANDONED_MILLIS = 20_000;

  private final PipelineOptions options;
  private final PipelineResult result;
  private final Optional<FlinkCluster> cluster;
  private long passed;
  private long lastSeen = System.currentTimeMillis();
  private int rounds;

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
    if (options.getRunner() == DirectRunner.class) {
      // Only who waits hears of its failures.
      state = result.waitUntilFinish(Duration.millis(INTERVAL_MILLIS));
    } else {
      // Waiting for a detached Flink job takes at least five seconds, whatever was asked for.
      long end = System.currentTimeMillis() + INTERVAL_MILLIS;
      do {
        sleep();
        state = result.getState();
      } while (!isOver(state) && System.currentTimeMillis() < end);
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

  private static boolean isOver(PipelineResult.State state) {
    return state != null && state.isTerminal();
  }

  /**
   * Counts images that have passed the last CAM.
   *
   * @param metrics what the runner reports; on a cluster, only of tasks that have ended
   */
  long explained(JobMetrics metrics) throws IOException {
    if (cluster.isPresent() && rounds % 4 == 0) {
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
    rounds++;
    if (cluster.isEmpty() || rounds % 10 != 1) {
      return;
    }
    if (cluster.get().taskManagers() > 0) {
      lastSeen = System.currentTimeMillis();
    } else if (System.currentTimeMillis() - lastSeen > ABANDONED_MILLIS) {
      throw new IllegalStateException(
          "no task manager is left on the cluster; their logs say why (out of memory?)");
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(QUESTION_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
