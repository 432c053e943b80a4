package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.transforms.ChooseExhibits;
import picocli.CommandLine.Option;

/** The images that the report shows. */
final class ExhibitOptions {
  @Option(
      names = "--show",
      paramLabel = "KEY",
      description = "an image that the report shows in any case; repeatable")
  private List<String> show = new ArrayList<>();

  @Option(
      names = "--worst",
      paramLabel = "N",
      description =
          "number of images with the largest drifts that the report shows, for each model at each"
              + " precision (default: ${DEFAULT-VALUE})")
  private int worst = 3;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "number of images that the report shows, chosen by a hash of their keys (default:"
              + " ${DEFAULT-VALUE})")
  private int sample = 6;

  /**
   * Returns the choice.
   *
   * @throws UsageException if a number is negative
   */
  ChooseExhibits.Choice choice() {
    UsageException.requireAtLeast(0, "--worst", worst);
    UsageException.requireAtLeast(0, "--sample", sample);
    return new ChooseExhibits.Choice(worst, sample, 0, show);
  }
}
