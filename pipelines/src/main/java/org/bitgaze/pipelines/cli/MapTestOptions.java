package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.network.Mode;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.KeyLimit;
import org.bitgaze.transforms.MapTests;
import picocli.CommandLine.Option;

/** The options of tests that ask whether maps are right. */
final class MapTestOptions {
  @Option(
      names = "--faithfulness",
      description =
          "also compute INSERTION and DELETION (or those of INSERTION, DELETION and ROAD that"
              + " --measures names): whether a map explains its network better than a random map and"
              + " the picture's centre do, and whether f32's map explains a quantized network as well"
              + " as that network's own map")
  private boolean faithfulness;

  @Option(
      names = "--faithfulness-images",
      paramLabel = "N",
      description =
          "at most N images, chosen by a hash of their names, for --faithfulness and --sanity, which"
              + " run networks many times (default: ${DEFAULT-VALUE})")
  private int images = 200;

  @Option(
      names = "--sanity",
      description =
          "also compare f32's maps with those of the same network with random weights, after the"
              + " target layer and everywhere: a method whose maps do not change explains nothing")
  private boolean sanity;

  /** Adds the measures that an option asks for to those that are named. */
  List<Measure> measures(List<Measure> named) {
    Set<Measure> all = new LinkedHashSet<>(named);
    if (faithfulness && MeasureCatalog.ofFaithfulness().stream().noneMatch(all::contains)) {
      all.add(StandardMeasure.INSERTION);
      all.add(StandardMeasure.DELETION);
    }
    return new ArrayList<>(all);
  }

  /**
   * Adds the tests to a plan.
   *
   * @param plan with the chosen measures
   * @param input of which a sample is tested
   * @return the plan, with tests if any were chosen
   * @throws UsageException if an option is invalid, or networks run in training mode
   * @throws IOException if a file system does not answer
   */
  AuditPlan applyTo(AuditPlan plan, AuditInput input) throws IOException {
    Set<Measure> measures = new LinkedHashSet<>(plan.measures());
    measures.retainAll(MeasureCatalog.ofFaithfulness());
    MapTests tests = new MapTests(measures, sanity, KeyLimit.ALL);
    if (tests.isEmpty()) {
      return plan;
    }
    UsageException.requireAtLeast(1, "--faithfulness-images", images);
    UsageException.require(
        plan.protocol().execution().mode().equals(Mode.EVAL),
        "--faithfulness and --sanity need networks in evaluation mode: in training mode, an answer"
            + " is random or depends on the batch");
    AuditPlan tested = plan.with(tests.within(input.sample(images)));
    return UsageException.checking(
        () -> {
          for (ExplainImages explanation : tested.explanations()) {
            explanation.check();
            explanation.checkModels();
          }
          return tested;
        });
  }

  /** Describes the tests and what they cost; nothing without tests. */
  List<String> describe(AuditPlan plan, AuditInput input) {
    MapTests tests = plan.tests();
    if (tests.isEmpty()) {
      return List.of();
    }
    long sample = Math.min(images, input.count());
    long passes = 0;
    for (ExplainImages explanation : plan.explanations()) {
      int precisions = explanation.getConfigurations().size() + explanation.getCandidates().size();
      passes += tests.passes(precisions);
    }
    List<String> lines = new ArrayList<>();
    if (passes > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "faithfulness: about %,d forward passes for each of %d images, %,d in all",
              passes,
              sample,
              passes * sample));
    }
    if (tests.sanity()) {
      lines.add(
          String.format(
              Locale.ROOT, "sanity: 2 more maps per network for each of %d images", sample));
    }
    return lines;
  }
}
