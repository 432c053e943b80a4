package org.bitgaze.pipelines.cli;

import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Turns what the command line leaves over into Beam's options. */
final class BeamOptions {
  private BeamOptions() {}

  /**
   * Parses Beam's options.
   *
   * @param args such as {@code --runner=FlinkRunner}
   * @param workers threads of the direct runner, or null for one per core
   * @throws UsageException if Beam does not know one
   */
  static PipelineOptions parse(List<String> args, Integer workers) {
    PipelineOptions options;
    try {
      options = PipelineOptionsFactory.fromArgs(args.toArray(String[]::new)).create();
    } catch (RuntimeException e) {
      throw new UsageException(
          "unknown or wrong option: " + e.getMessage().lines().findFirst().orElse(""));
    }
    options.setJobName("bitgaze-audit");
    if (options.getRunner() == DirectRunner.class) {
      DirectOptions direct = options.as(DirectOptions.class);
      direct.setTargetParallelism(
          workers == null ? Runtime.getRuntime().availableProcessors() : workers);
      direct.setBlockOnRun(false);
      // Both encode every element once more, to find faults in transforms: a test's work.
      direct.setEnforceEncodability(false);
      direct.setEnforceImmutability(false);
    }
    return options;
  }
}
