package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.pipelines.audit.AuditPlan;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine.Model.CommandSpec;

/** Checks that ranges fit models, before anything runs. */
final class CalibratedModels {
  private CalibratedModels() {}

  /**
   * Quantizes a model, without reading its weights.
   *
   * @return how it is quantized
   * @throws IllegalArgumentException if the model, or one of its points, has no range, or the model
   *     lacks a layer of a configuration
   * @throws IOException if the weights cannot be opened
   */
  static void check(Calibration calibration, Model model, List<Configuration> configurations)
      throws IOException {
    try (OpenModel open = model.open()) {
      Network network = open.network().apply(open.execution().mode());
      ActivationScheme scheme = open.execution().scheme();
      configurations.forEach(c -> calibration.quantization(model.id(), c).apply(network, scheme));
    }
  }

  /**
   * Takes ranges from a file for a plan; that every point has one is checked by quantizing each
   * model.
   *
   * @param path the file
   * @param plan whose models and protocol the ranges must fit
   * @param configurations of each model
   * @param spec what was said on the command line
   * @return the plan with the ranges
   * @throws UsageException if the plan's ranges are each image's own, or the file's are of other
   *     weights, another protocol, another preprocessing or another mode than was asked for
   * @throws IllegalArgumentException if a point has no range
   * @throws IOException if the file or the weights cannot be read
   */
  static AuditPlan calibrated(
      Path path,
      AuditPlan plan,
      Function<ExplainImages, List<Configuration>> configurations,
      CommandSpec spec)
      throws IOException {
    if (plan.ranges() == RangeMode.DYNAMIC) {
      throw new UsageException("--calibration and --ranges dynamic exclude each other");
    }
    Calibration known = of(CalibrationFile.read(path), path, plan.models(), plan.protocol());
    if (known.mode() != plan.ranges()
        && spec.commandLine().getParseResult().hasMatchedOption("--ranges")) {
      throw new UsageException(
          "--ranges " + plan.ranges().id() + ": " + path + " has " + known.mode().id() + " ranges");
    }
    for (ExplainImages explanation : plan.explanations()) {
      check(known, explanation.getModel(), configurations.apply(explanation));
    }
    return plan.with(known);
  }

  /**
   * Refuses ranges of other weights, for two checkpoints of one network have different ones, of
   * networks that were run in another way, and of images that were prepared in another.
   *
   * @throws UsageException if a model's weights, its preprocessing, or the steps of the protocol
   *     that decide ranges, are not those that were calibrated
   * @throws IOException if the weights cannot be read
   */
  static Calibration of(CalibrationFile file, Path path, List<Model> models, Protocol protocol)
      throws IOException {
    if (!file.protocol().equals(protocol.decidingRanges())) {
      throw new UsageException(
          path
              + " has ranges of networks that were run by "
              + file.protocol()
              + ", not by "
              + protocol.decidingRanges());
    }
    for (Model model : models) {
      String calibrated = file.weights().get(model.id());
      String digest = Digests.of(model.stream());
      if (calibrated != null && !calibrated.equals(digest)) {
        throw new UsageException(
            path
                + " has ranges of other weights than those of "
                + model
                + ": SHA-256 "
                + calibrated.substring(0, 8)
                + "..., not "
                + digest.substring(0, 8)
                + "...");
      }
      String prepared = file.preprocessing().get(model.id());
      String preprocessing = model.preparation();
      if (prepared != null && !prepared.equals(preprocessing)) {
        throw new UsageException(
            path
                + " has ranges of images that were prepared for "
                + model.id()
                + " by "
                + prepared
                + ", not by "
                + preprocessing);
      }
    }
    return file.calibration();
  }
}
