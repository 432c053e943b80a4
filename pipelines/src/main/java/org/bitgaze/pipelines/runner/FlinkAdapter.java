package org.bitgaze.pipelines.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.bitgaze.transforms.SpreadKeys;

/** Sets Flink up: embedded in this process, or a standalone cluster. */
final class FlinkAdapter {
  /** Identifies a build: here a system property, on a cluster a setting. */
  private static final String BUILD = "bitgaze.build";

  private static final String LOCAL = "[local]";

  private FlinkAdapter() {}

  /**
   * Completes the options.
   *
   * @throws IllegalArgumentException if an option is invalid, or the cluster does not answer, has
   *     no free slot, or would need a job jar that does not exist
   */
  static RunnerSetup setUp(BeamArguments args, OptionalInt workers) {
    String master = args.parse().as(FlinkPipelineOptions.class).getFlinkMaster();
    boolean embedded = master.equals("[auto]") || master.equals(LOCAL);
    try {
      if (embedded) {
        args.override("flinkMaster", LOCAL);
        args.suggest("parallelism", "" + workers.orElse(RunnerSetup.cores()));
      } else {
        FlinkCluster cluster = new FlinkCluster(master);
        int free = cluster.freeSlots();
        if (free < 1) {
          throw new IllegalArgumentException(
              "the Flink cluster at "
                  + master
                  + " has no free slot; wait for other jobs, or start more task managers");
        }
        args.suggest("parallelism", "" + workers.orElse(free));
        args.suggest("filesToStage", hasThisBuild(cluster) ? emptyJar() : jobJar());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    // The chain of steps is one operator and the rest is small: blocking exchanges need fewer slots
    // at the same time, and a failure costs less.
    args.suggest("executionModeForBatch", "BATCH_FORCED");
    // On a cluster the job is submitted and then watched, so that it can be cancelled. An embedded
    // cluster ends with its job, and could not be asked for the result.
    args.suggest("attachedMode", "" + embedded);
    // Elements are immutable values.
    args.suggest("fasterCopy", "true");
    FlinkPipelineOptions options = args.parse().as(FlinkPipelineOptions.class);
    int parallel = options.getParallelism();
    if (parallel < 1) {
      throw new IllegalArgumentException("parallelism " + parallel + " must be at least 1");
    }
    return new RunnerSetup(
        options,
        parallel,
        SpreadKeys.Strategy.roundRobin(FlinkKeys.oneForEach(parallel)),
        embedded);
  }

  /** A cluster that {@code flink-conf/cluster} started from this build already has its classes. */
  private static boolean hasThisBuild(FlinkCluster cluster) throws IOException {
    String build = System.getProperty(BUILD);
    return build != null && cluster.setting(BUILD).filter(build::equals).isPresent();
  }

  /** Stages nothing: without any file, Beam would stage the whole class path. */
  private static String emptyJar() {
    try {
      Path jar = Files.createTempFile("bitgaze-nothing", ".jar");
      jar.toFile().deleteOnExit();
      new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
      return jar.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The job's jar, which the build writes beside the command line's. */
  private static String jobJar() {
    Path built = Path.of(System.getProperty("bitgaze.job.jar", "pipelines/target/bitgaze-job.jar"));
    if (!Files.isRegularFile(built)) {
      throw new IllegalArgumentException(
          "there is no job jar "
              + built.toAbsolutePath()
              + "; build it, or name it with Beam's option filesToStage");
    }
    return built.toAbsolutePath().toString();
  }
}
