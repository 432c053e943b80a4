package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.bitgaze.pipelines.audit.AuditJob;
import org.bitgaze.pipelines.audit.FlinkCluster;
import org.bitgaze.pipelines.audit.FlinkKeys;
import org.bitgaze.transforms.SpreadKeys;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say where a job runs. What a user says to Beam wins over what suits this job. */
final class RunnerOptions {
  /** Runners that nothing is known of send shards to workers by some hash. */
  private static final int SHARDS_PER_SLOT = 64;

  /** Names a build, here as a system property, on a cluster as a setting. */
  private static final String BUILD = "bitgaze.build";

  private static final String LOCAL = "[local]";

  @Option(
      names = "--runner",
      defaultValue = "direct",
      paramLabel = "RUNNER",
      description =
          "direct, in this process; flink, embedded or on the cluster that Beam's --flinkMaster=HOST:PORT"
              + " names; or the class of another of Beam's runners (default: ${DEFAULT-VALUE})")
  private String runner;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "images worked on at once (default: one per core; on a cluster, one per free slot)")
  private Integer workers;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * Finds out where the job runs; a cluster is asked.
   *
   * @param beam what the user says to Beam's runner
   * @throws UsageException if an option is unknown, or there is no cluster or no free slot
   */
  AuditJob.Runtime runtime(List<String> beam) {
    if (workers != null && workers < 1) {
      throw new UsageException("--workers " + workers + " must be 1 or more");
    }
    BeamOptions.check(beam, command);
    List<String> args = new ArrayList<>(beam);
    suggest(args, "runner", className(runner));
    // A name of its own, by which the job is found on a cluster.
    suggest(args, "jobName", "bitgaze-audit-" + Long.toString(System.currentTimeMillis(), 36));
    PipelineOptions options = parse(args);
    if (options.getRunner() == DirectRunner.class) {
      int parallel = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
      suggest(args, "targetParallelism", "" + parallel);
      suggest(args, "blockOnRun", "false");
      // Both encode every element once more, to find faults in transforms: a test's work.
      suggest(args, "enforceEncodability", "false");
      suggest(args, "enforceImmutability", "false");
      DirectOptions direct = parse(args).as(DirectOptions.class);
      return new AuditJob.Runtime(
          direct, direct.getTargetParallelism(), SpreadKeys.Way.inShards(1), true);
    }
    if (options.getRunner() == FlinkRunner.class) {
      return flink(args);
    }
    int slots = workers == null ? 16 : workers;
    return new AuditJob.Runtime(
        options, slots, SpreadKeys.Way.inShards(SHARDS_PER_SLOT * slots), false);
  }

  private AuditJob.Runtime flink(List<String> args) {
    String master = parse(args).as(FlinkPipelineOptions.class).getFlinkMaster();
    boolean embedded = master.equals("[auto]") || master.equals(LOCAL);
    if (embedded) {
      args.removeIf(arg -> arg.startsWith("--flinkMaster="));
      args.add("--flinkMaster=" + LOCAL);
    }
    suggest(args, "parallelism", "" + parallelism(master, embedded));
    if (!embedded && !isGiven(args, "filesToStage")) {
      boolean there = hasThisBuild(new FlinkCluster(master));
      args.add("--filesToStage=" + (there ? emptyJar() : jobJar()));
    }
    // The line of steps is one operator, and the rest is small; exchanges that block need fewer
    // slots at once, and a fault costs less.
    suggest(args, "executionModeForBatch", "BATCH_FORCED");
    // Submitted, and then watched: progress can be shown, and the job cancelled. An embedded
    // cluster is gone with its job, and nobody could be asked how that ended.
    suggest(args, "attachedMode", "" + embedded);
    // Elements are values: nobody changes one that was handed on.
    suggest(args, "fasterCopy", "true");
    FlinkPipelineOptions options = parse(args).as(FlinkPipelineOptions.class);
    int parallel = options.getParallelism();
    if (parallel < 1) {
      throw new UsageException("--parallelism " + parallel + " must be 1 or more");
    }
    return new AuditJob.Runtime(
        options, parallel, SpreadKeys.Way.inTurn(FlinkKeys.oneForEach(parallel)), embedded);
  }

  private int parallelism(String master, boolean embedded) {
    if (embedded) {
      return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
    }
    try {
      int free = new FlinkCluster(master).freeSlots();
      if (free < 1) {
        throw new UsageException(
            "the Flink cluster at "
                + master
                + " has no free slot; wait for other jobs, or start more task managers");
      }
      return workers == null ? free : workers;
    } catch (IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** A cluster that flink-conf/cluster started from this build need not be sent it again. */
  private static boolean hasThisBuild(FlinkCluster cluster) {
    String build = System.getProperty(BUILD);
    try {
      return build != null && cluster.setting(BUILD).filter(build::equals).isPresent();
    } catch (IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static void suggest(List<String> args, String name, String value) {
    if (!isGiven(args, name)) {
      args.add("--" + name + "=" + value);
    }
  }

  private static boolean isGiven(List<String> args, String name) {
    String flag = "--" + name;
    return args.stream().anyMatch(arg -> arg.equals(flag) || arg.startsWith(flag + "="));
  }

  private static PipelineOptions parse(List<String> args) {
    try {
      return PipelineOptionsFactory.fromArgs(args.toArray(String[]::new)).create();
    } catch (RuntimeException e) {
      throw new UsageException(
          "wrong option of Beam's: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static String className(String runner) {
    return switch (runner) {
      case "direct" -> "DirectRunner";
      case "flink" -> "FlinkRunner";
      default -> runner;
    };
  }

  /** Nothing to send, said in the only way that Beam does not take for "the whole class path". */
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

  /** The jar that the build puts beside this class's own. */
  private static String jobJar() {
    Path built = Path.of(System.getProperty("bitgaze.job.jar", "pipelines/target/bitgaze-job.jar"));
    if (!Files.isRegularFile(built)) {
      throw new UsageException(
          "no job jar " + built.toAbsolutePath() + "; build it, or name it with --filesToStage");
    }
    return built.toAbsolutePath().toString();
  }
}
