package org.bitgaze.pipelines.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;

/**
 * What an audit is to compute, all of it checked.
 *
 * @param explanations the models and how each is explained, but for calibrated ranges
 * @param saliency which saliency maps; at least one
 * @param labels path of a CSV file
 * @param masks where they are
 * @param measures of maps
 * @param exhibits which images to show
 * @param maps whether all maps are written
 * @param protocol how networks are run, quantized and explained
 * @param vanished what the summary does with maps that vanished
 * @param gate what must hold of the results
 * @param calibrationImages how many images they are taken from
 * @param calibration ranges that are known already
 */
public record AuditPlan(
    List<ExplainImages> explanations,
    List<SaliencyMethod.Choice> saliency,
    Optional<String> labels,
    Optional<MaskInput> masks,
    Set<Measure> measures,
    ChooseExhibits.Choice exhibits,
    boolean maps,
    Protocol protocol,
    VanishedMaps vanished,
    Gate gate,
    int calibrationImages,
    Optional<Calibration> calibration) {

  /**
   * Returns the models.
   *
   * @return in the order in which they run
   */
  public List<Model> models() {
    return explanations.stream().map(ExplainImages::getModel).toList();
  }

  /**
   * Returns the networks that are to stand in for models.
   *
   * @return in the order in which they run
   */
  public List<ExplainImages.Candidate> candidates() {
    return explanations.stream().flatMap(e -> e.getCandidates().stream()).toList();
  }

  /**
   * Returns the names of the precisions.
   *
   * @return the same for all models, f32 first
   */
  public List<String> precisions() {
    return explanations.get(0).getConfigurations().stream().map(Configuration::name).toList();
  }

  /**
   * Returns what maps of a model are called.
   *
   * @return the precisions' names, f32 first, and the candidates'
   */
  public List<String> mapLabels() {
    return Stream.concat(
            precisions().stream(), candidates().stream().map(ExplainImages.Candidate::label))
        .toList();
  }

  /**
   * Returns the models' names.
   *
   * @return in the order in which they run
   */
  public List<String> modelIds() {
    return models().stream().map(Model::id).toList();
  }

  /**
   * Returns the names of all measures that are taken, those of answers, too.
   *
   * @return in the order of the columns
   */
  public List<String> measureIds() {
    return MeasureCatalog.withAnswers(measures).stream().map(Measure::id).toList();
  }

  /**
   * Returns where the ranges of activations come from.
   *
   * @return the protocol's, or those of the file that they come from
   */
  public RangeMode ranges() {
    return protocol.ranges();
  }

  /**
   * Tells whether ranges are to be calibrated before the audit.
   *
   * @return whether a precision wants static ranges that are not known yet
   */
  public boolean needsCalibration() {
    return calibration.isEmpty()
        && protocol.ranges() != RangeMode.DYNAMIC
        && !explanations.stream()
            .flatMap(e -> e.getConfigurations().stream())
            .allMatch(Configuration::isFloat);
  }

  /**
   * Returns the same plan with ranges.
   *
   * @param found what was calibrated
   * @return a new plan
   */
  public AuditPlan with(Calibration found) {
    List<ExplainImages> calibrated = new ArrayList<>();
    explanations.forEach(e -> calibrated.add(e.withCalibration(found)));
    return new AuditPlan(
        calibrated,
        saliency,
        labels,
        masks,
        measures,
        exhibits,
        maps,
        protocol.withRanges(found.mode()),
        vanished,
        gate,
        calibrationImages,
        Optional.of(found));
  }

  /**
   * Returns the same plan for one of its models, whose maps are compared with f32's, with masks,
   * and with no saliency but the centre, which costs nothing.
   *
   * @param model its id
   * @return a new plan
   */
  AuditPlan alone(String model) {
    return new AuditPlan(
        explanations.stream().filter(e -> e.getModel().id().equals(model)).toList(),
        SaliencyMethod.parseAll(List.of(Reference.CENTRE.id())),
        labels,
        masks,
        measures,
        exhibits,
        maps,
        protocol,
        vanished,
        gate,
        calibrationImages,
        calibration);
  }

  /**
   * Returns a plan that explains each image in many configurations, by one program for each model.
   *
   * @param configurations model id to its configurations, without f32
   * @param taken what is measured of the maps
   * @return a new plan, which shows no images
   */
  public AuditPlan together(Map<String, List<Configuration>> configurations, Set<Measure> taken) {
    List<ExplainImages> swept = new ArrayList<>();
    for (ExplainImages e : explanations) {
      swept.add(e.at(configurations.get(e.getModel().id())).together());
    }
    return new AuditPlan(
        swept,
        saliency,
        labels,
        masks,
        taken,
        ChooseExhibits.Choice.NONE,
        false,
        protocol,
        vanished,
        Gate.NONE,
        calibrationImages,
        calibration);
  }

  /** Tells an audit what to do. */
  <T> Audit<T> apply(Audit<T> audit) {
    String[] methods = saliency.stream().map(String::valueOf).toArray(String[]::new);
    Audit<T> told = audit.withSaliency(methods).withMeasures(measures);
    for (ExplainImages explanation : explanations) {
      told = told.explaining(explanation);
    }
    return told.withExhibits(exhibits).counting(vanished);
  }
}
