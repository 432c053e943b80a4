package org.bitgaze.pipelines.runner;

import java.util.List;
import java.util.OptionalInt;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.transforms.ImageReader;
import org.bitgaze.transforms.SpreadKeys;

/**
 * Where a job runs: Beam's options, completed with what suits these jobs on a runner.
 *
 * @param options Beam's options, which choose the runner
 * @param slots number of images processed at the same time, at least 1
 * @param spreading how keys are spread over workers
 * @param inProcess whether the workers are threads of this process
 */
public record RunnerSetup(
    PipelineOptions options, int slots, SpreadKeys.Strategy spreading, boolean inProcess) {
  /** Slots of a runner that cannot be asked. */
  private static final int UNKNOWN_SLOTS = 16;

  /** An unknown runner assigns shards to workers by a hash: many shards balance the load. */
  private static final int SHARDS_PER_SLOT = 64;

  /**
   * Completes a user's options. A value given by the user overrides a default.
   *
   * @param runner {@code direct}, {@code flink}, or the class name of another Beam runner
   * @param workers number of images processed at the same time, at least 1; empty for one per core
   *     or per free slot of a cluster
   * @param arguments the user's options for Beam, each {@code --name=value}
   * @return the setup
   * @throws IllegalArgumentException if Beam rejects an option, or the Flink cluster does not
   *     answer or has no free slot
   */
  public static RunnerSetup of(String runner, OptionalInt workers, List<String> arguments) {
    BeamArguments args = new BeamArguments(arguments);
    args.suggest(
        "runner",
        switch (runner) {
          case "direct" -> "DirectRunner";
          case "flink" -> "FlinkRunner";
          default -> runner;
        });
    // A unique name identifies the job on a cluster.
    args.suggest("jobName", "bitgaze-audit-" + Long.toString(System.currentTimeMillis(), 36));
    PipelineOptions options = args.parse();
    if (options.getRunner() == DirectRunner.class) {
      return direct(args, workers);
    }
    if (options.getRunner() == FlinkRunner.class) {
      return FlinkAdapter.setUp(args, workers);
    }
    int slots = workers.orElse(UNKNOWN_SLOTS);
    return new RunnerSetup(
        options,
        slots,
        SpreadKeys.Strategy.inShards(SHARDS_PER_SLOT * slots).withoutCheckpoints(),
        false);
  }

  private static RunnerSetup direct(BeamArguments args, OptionalInt workers) {
    args.suggest("targetParallelism", "" + workers.orElse(cores()));
    args.suggest("blockOnRun", "false");
    // These checks encode every element a second time to find errors in transforms: a test's work.
    args.suggest("enforceEncodability", "false");
    args.suggest("enforceImmutability", "false");
    DirectOptions direct = args.parse().as(DirectOptions.class);
    return new RunnerSetup(
        direct, direct.getTargetParallelism(), SpreadKeys.Strategy.inShards(1), true);
  }

  /**
   * Counts images as they are read, where the progress display needs it.
   *
   * @param reader reads images
   * @param <T> what an image is read from
   * @return a reader of the same images
   */
  public <T> ImageReader<T> counting(ImageReader<T> reader) {
    return hasNoMetricsWhileRunning()
        ? source -> {
          StartedImages.increment();
          return reader.read(source);
        }
        : reader;
  }

  /**
   * Counts images as they arrive, where the progress display needs it.
   *
   * @param images the images, spread over workers
   * @param <T> their type
   * @return the same images
   */
  public <T> PCollection<T> counting(PCollection<T> images) {
    return hasNoMetricsWhileRunning()
        ? images.apply(
            "CountStarted",
            Filter.by(
                image -> {
                  StartedImages.increment();
                  return true;
                }))
        : images;
  }

  /** Embedded Flink reports metrics at the end only. */
  private boolean hasNoMetricsWhileRunning() {
    return inProcess && !isDirect();
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** {@return whether this process alone computes, with the direct runner} */
  public boolean isDirect() {
    return options.getRunner() == DirectRunner.class;
  }

  /** {@return the runner's name and its slots, for people} */
  @Override
  public String toString() {
    return "%s, %d slots, keys spread %s"
        .formatted(options.getRunner().getSimpleName(), slots, spreading);
  }
}
