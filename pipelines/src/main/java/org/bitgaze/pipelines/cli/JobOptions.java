package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.Job;
import org.bitgaze.pipelines.job.JobContext;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.pipelines.runner.RunnerSetup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of commands that run jobs: where a job runs, and where its results go. */
final class JobOptions {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "folder of the results")
  private String output;

  @Option(names = "--overwrite", description = "replace existing results")
  private boolean overwrite;

  @Option(
      names = "--dry-run",
      description = "print the resolved options, in the format of --config, and stop")
  private boolean dryRun;

  @Mixin private ConfigOption config;

  @Option(
      names = "--runner",
      paramLabel = "RUNNER",
      description =
          "direct: this process; flink: embedded, or the cluster of Beam's option"
              + " --flinkMaster=HOST:PORT; or the class name of another Beam runner (default:"
              + " ${DEFAULT-VALUE})")
  private String runner = "direct";

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "number of images processed at the same time (default: one per core; on a cluster, one per"
              + " free slot)")
  private Integer workers;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** {@return whether the job is only described} */
  boolean isDryRun() {
    return dryRun;
  }

  /**
   * Finds out where the job runs, and makes Beam's file systems available.
   *
   * @param beam the user's options for Beam
   * @throws UsageException if an option is unknown or invalid, or a cluster does not answer
   */
  RunnerSetup runner(List<String> beam) {
    if (workers != null) {
      UsageException.requireAtLeast(1, "--workers", workers);
    }
    BeamOptions.check(beam, command);
    OptionalInt slots = workers == null ? OptionalInt.empty() : OptionalInt.of(workers);
    RunnerSetup setup = UsageException.checking(() -> RunnerSetup.of(runner, slots, beam));
    FileSystems.setDefaultPipelineOptions(setup.options());
    return setup;
  }

  /**
   * Returns the folder of the results.
   *
   * @param below names of folders below the given one
   * @throws UsageException if it has results that may not be replaced
   * @throws IOException if it cannot be read
   */
  OutputFolder folder(String... below) throws IOException {
    List<String> path = new ArrayList<>(List.of(output.replaceFirst("(?<=.)/+$", "")));
    path.addAll(List.of(below));
    OutputFolder folder = new OutputFolder(String.join("/", path));
    if (!overwrite && !dryRun) {
      requireFinished(folder);
    }
    List<String> existing = overwrite || dryRun ? List.of() : folder.existing();
    UsageException.require(
        existing.isEmpty(),
        "--output %s already has results (%s); --overwrite replaces them"
            .formatted(String.join("/", path), String.join(", ", existing)));
    return folder;
  }

  /**
   * Returns the folder of an audit that is continued.
   *
   * @throws UsageException if it has none, or may be overwritten
   * @throws IOException if it cannot be read
   */
  OutputFolder folderToResume() throws IOException {
    UsageException.require(!overwrite, "--resume and --overwrite exclude each other");
    OutputFolder folder = new OutputFolder(output.replaceFirst("(?<=.)/+$", ""));
    UsageException.require(
        new PartsFolder(folder).plan().isPresent(),
        "--output " + output + " has no audit to resume; start one without --resume");
    return folder;
  }

  /** An interrupted audit is neither replaced nor mistaken for results. */
  private void requireFinished(OutputFolder folder) throws IOException {
    PartsFolder parts = new PartsFolder(folder);
    Optional<PartsPlan> plan = parts.plan();
    if (plan.isPresent() && !parts.isPublished(plan.get())) {
      int all = plan.get().parts().size();
      List<String> line = plan.get().command();
      boolean resumable = line.contains("audit") && !line.contains("--resume");
      throw new UsageException(
          "--output %s has an unfinished audit, %d of %d parts are complete; %s--overwrite replaces it"
              .formatted(
                  output,
                  all - parts.unfinished(plan.get()).size(),
                  all,
                  resumable ? "continue it: " + String.join(" ", line) + " --resume; " : ""));
    }
  }

  /** Prints what would run, and the options as a file for {@code --config}. */
  int describe(List<String> lines) {
    lines.forEach(line -> System.out.println("# " + line));
    System.out.println("# output: " + output);
    System.out.print(ConfigOption.written(command));
    return ExitCode.OK;
  }

  /** {@return what a job of this command needs} */
  JobContext context(
      RunnerSetup setup, AuditInput images, List<String> classNames, OutputFolder folder) {
    return context(command, setup, images, classNames, folder);
  }

  static JobContext context(
      CommandSpec command,
      RunnerSetup setup,
      AuditInput images,
      List<String> classNames,
      OutputFolder folder) {
    return new JobContext(
        setup,
        images,
        Descriptions.of(command, classNames),
        folder,
        System.out,
        System.console() != null,
        Optional.empty());
  }

  /**
   * Runs a job, with a log beside its results.
   *
   * @return the exit code
   * @throws IOException if the output cannot be written
   */
  static int run(JobContext context, Function<JobContext, Job> job) throws IOException {
    try (JobLog log = JobLog.to(context.output())) {
      try {
        return job.apply(context).run() ? ExitCode.OK : ExitCode.GATE;
      } catch (IOException | RuntimeException | Error e) {
        log.failed(e);
        throw e;
      }
    }
  }
}
