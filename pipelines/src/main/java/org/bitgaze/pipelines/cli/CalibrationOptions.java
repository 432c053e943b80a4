package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the ranges of quantized activations come from: a file, or a sample of the images. */
final class CalibrationOptions {
  @Nullable
  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "ranges that an earlier job wrote: its calibration.json")
  private Path file;

  @Nullable
  @Option(
      names = "--calibration-images",
      paramLabel = "N",
      description =
          "number of images from which ranges are taken, chosen by a hash of their keys; an"
              + " unreadable one is replaced by the next (default: 32; 200 in training mode)")
  private Integer images;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** {@return whether ranges come from a file} */
  boolean isFile() {
    return file != null;
  }

  /** {@return the file, for messages} */
  Path file() {
    return file;
  }

  /**
   * Returns the size of the sample.
   *
   * @throws UsageException if it is less than 1
   */
  int images(Protocol protocol) {
    int size = images == null ? protocol.calibrationImages() : images;
    UsageException.requireAtLeast(1, "--calibration-images", size);
    return size;
  }

  /**
   * Adds the file's ranges to a plan, if a file was given. Each model is quantized, so that a
   * missing range is found now.
   *
   * @param plan its models and its protocol must fit the ranges
   * @param configurations each model's configurations
   * @return the plan with the ranges
   * @throws UsageException if the ranges do not fit
   * @throws IllegalArgumentException if a point has no range
   * @throws IOException if the file or the weights cannot be read
   */
  AuditPlan applyTo(AuditPlan plan, Function<ExplainImages, List<Configuration>> configurations)
      throws IOException {
    if (file == null) {
      return plan;
    }
    UsageException.require(
        !plan.ranges().isDynamic(), "--calibration has no effect with --ranges dynamic");
    Calibration known = read(plan.models(), plan.protocol());
    UsageException.require(
        known.rule().equals(plan.ranges())
            || !command.commandLine().getParseResult().hasMatchedOption("--" + Step.RANGES.id()),
        "--ranges %s: %s has %s ranges".formatted(plan.ranges().id(), file, known.rule().id()));
    for (ExplainImages explanation : plan.explanations()) {
      check(known, explanation.getModel(), configurations.apply(explanation));
    }
    return plan.with(known);
  }

  /**
   * Reads the file.
   *
   * @param models the models that the ranges are for
   * @param protocol how these are run
   * @throws UsageException if the ranges belong to other weights, another preprocessing or another
   *     protocol
   * @throws IOException if the file or the weights cannot be read
   */
  Calibration read(List<Model> models, Protocol protocol) throws IOException {
    CalibrationFile found = CalibrationFile.read(file);
    require(found.protocol(), protocol.decidingRanges(), "networks run by");
    for (Model model : models) {
      String id = model.id();
      if (found.weights().containsKey(id)) {
        String digest = Digests.of(model.stream());
        require(found.weights().get(id), digest, "weights of " + model + " with SHA-256");
      }
      if (found.preprocessing().containsKey(id)) {
        require(
            found.preprocessing().get(id),
            model.preparation(),
            "images prepared for " + id + " by");
      }
    }
    return found.calibration();
  }

  private void require(String calibrated, String actual, String what) {
    UsageException.require(
        calibrated.equals(actual),
        "%s has ranges of %s %s, not %s".formatted(file, what, calibrated, actual));
  }

  /**
   * Checks that all quantization points of a model have ranges, without reading its weights.
   *
   * @throws IllegalArgumentException if the model or a point has no range, or the model lacks a
   *     layer of a configuration
   * @throws IOException if the model cannot be opened
   */
  static void check(Calibration calibration, Model model, List<Configuration> configurations)
      throws IOException {
    try (OpenModel open = model.open()) {
      Network network = open.network().apply(open.execution().mode());
      ActivationScheme scheme = open.execution().scheme();
      configurations.forEach(c -> calibration.quantization(model.id(), c).apply(network, scheme));
    }
  }
}
