package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.transforms.ChooseExhibits;
import picocli.CommandLine.Option;

/** Options that say which images the report shows. */
final class ExhibitOptions {
  @Option(
      names = "--show",
      paramLabel = "KEY",
      description = "an image that the report shows in any case; may be given several times")
  private List<String> show = new ArrayList<>();

  @Option(
      names = "--worst",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "how many of the largest drifts of each model at each precision the report shows (default: ${DEFAULT-VALUE})")
  private int worst;

  @Option(
      names = "--sample",
      defaultValue = "6",
      paramLabel = "N",
      description = "how many images at random the report shows (default: ${DEFAULT-VALUE})")
  private int sample;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "of that sample (default: ${DEFAULT-VALUE})")
  private long seed;

  /**
   * Checks the options.
   *
   * @throws UsageException if a number is negative
   */
  ChooseExhibits.Choice choice() {
    if (worst < 0) {
      throw new UsageException("--worst " + worst + " must be 0 or more");
    }
    if (sample < 0) {
      throw new UsageException("--sample " + sample + " must be 0 or more");
    }
    return new ChooseExhibits.Choice(worst, sample, seed, show);
  }
}
