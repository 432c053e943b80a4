package org.bitgaze.pipelines.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.flink.api.common.ExecutionMode;

/** Turns what the command line says of runners into Beam's options. */
final class BeamOptions {
  private BeamOptions() {}

  /**
   * Parses Beam's options and sets what suits this job.
   *
   * @param runner {@code direct}, {@code flink} or one of Beam's runners
   * @param args such as {@code --flinkMaster=localhost:8081}
   * @param workers threads or parallel tasks, or null for the runner's default
   * @throws UsageException if Beam does not know one
   */
  static PipelineOptions parse(String runner, List<String> args, Integer workers) {
    List<String> all = new ArrayList<>(args);
    all.add("--runner=" + className(runner));
    PipelineOptions options;
    try {
      options = PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).create();
    } catch (RuntimeException e) {
      throw new UsageException(
          "unknown or wrong option: " + e.getMessage().lines().findFirst().orElse(""));
    }
    options.setJobName("bitgaze-audit");
    if (options.getRunner() == DirectRunner.class) {
      direct(options.as(DirectOptions.class), workers);
    } else if (options.getRunner() == FlinkRunner.class) {
      flink(options.as(FlinkPipelineOptions.class), workers);
    }
    return options;
  }

  private static String className(String runner) {
    return switch (runner) {
      case "direct" -> "DirectRunner";
      case "flink" -> "FlinkRunner";
      default -> runner;
    };
  }

  private static void direct(DirectOptions options, Integer workers) {
    options.setTargetParallelism(
        workers == null ? Runtime.getRuntime().availableProcessors() : workers);
    options.setBlockOnRun(false);
    // Both encode every element once more, to find faults in transforms: a test's work.
    options.setEnforceEncodability(false);
    options.setEnforceImmutability(false);
  }

  private static void flink(FlinkPipelineOptions options, Integer workers) {
    if (workers != null) {
      options.setParallelism(workers);
    }
    // With pipelined exchanges Flink's scheduler waits for ever: a stage that reads the calibrated
    // ranges
    // and the images is in one region with sources that have not run. It also restarts more after a
    // fault.
    options.setExecutionModeForBatch(ExecutionMode.BATCH_FORCED.name());
    if (options.getFlinkMaster().equals("[auto]")) {
      options.setFlinkMaster("[local]");
    }
    boolean embedded = options.getFlinkMaster().equals("[local]");
    if (embedded && workers == null && options.getParallelism() < 1) {
      options.setParallelism(Runtime.getRuntime().availableProcessors());
    }
    if (!embedded && (options.getFilesToStage() == null || options.getFilesToStage().isEmpty())) {
      options.setFilesToStage(List.of(jobJar().toString()));
    }
  }

  /** The jar that the build puts beside this class's own. */
  private static Path jobJar() {
    Path built = Path.of(System.getProperty("bitgaze.job.jar", "pipelines/target/bitgaze-job.jar"));
    if (!Files.isRegularFile(built)) {
      throw new UsageException(
          "no job jar " + built.toAbsolutePath() + "; build it, or name it with --filesToStage");
    }
    return built.toAbsolutePath();
  }
}
