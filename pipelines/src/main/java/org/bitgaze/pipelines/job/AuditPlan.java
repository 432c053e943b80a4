package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.RowOrder;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.MapTests;

/**
 * What an audit computes, checked before anything runs.
 *
 * @param explanations the models and how each one is explained; ranges may still be missing
 * @param saliency saliency methods, at least one
 * @param labels path of a CSV file
 * @param masks where the masks are
 * @param measures measures of maps
 * @param exhibits which images the report shows
 * @param maps whether all maps are written
 * @param protocol how networks are run, quantized and explained
 * @param vanished how the summary treats vanished maps
 * @param gate conditions on the results
 * @param calibrationImages number of images from which ranges are taken
 * @param calibration ranges that are already known
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

  /** {@return the models, in the order in which they run} */
  public List<Model> models() {
    return explanations.stream().map(ExplainImages::getModel).toList();
  }

  /** {@return how each model's activations are weighed, by model id, in the order of the models} */
  public Map<String, MapMethod> methods() {
    Map<String, MapMethod> all = new LinkedHashMap<>();
    explanations.forEach(e -> all.put(e.getModel().id(), e.getCam()));
    return all;
  }

  /** {@return the replacement models, in the order in which they run} */
  public List<ExplainImages.Candidate> candidates() {
    return explanations.stream().flatMap(e -> e.getCandidates().stream()).toList();
  }

  /**
   * Returns the labels of maps: names of precisions and of candidates.
   *
   * @return the labels of all models, each one once: precisions first, f32 before the others
   */
  public List<String> mapLabels() {
    return Stream.concat(
            explanations.stream()
                .flatMap(e -> e.getConfigurations().stream())
                .map(Configuration::name),
            candidates().stream().map(ExplainImages.Candidate::label))
        .distinct()
        .toList();
  }

  /** {@return the models' ids, in the order in which they run} */
  public List<String> modelIds() {
    return models().stream().map(Model::id).toList();
  }

  /**
   * {@return the task whose labels are given, if it has labels of its own form}
   *
   * @throws UncheckedIOException if a model cannot be read
   */
  Optional<Objective> labelledTask() {
    return task().filter(objective -> labels.isPresent());
  }

  /**
   * {@return the models' task, if it has labels of its own form and is the same for all, with the
   * same number of classes}
   *
   * @throws UncheckedIOException if a model cannot be read
   */
  Optional<Objective> task() {
    try {
      Objective first = models().get(0).info().objective();
      for (Model model : models()) {
        Objective other = model.info().objective();
        if (!other.id().equals(first.id()) || other.classes() != first.classes()) {
          return Optional.empty();
        }
      }
      return Optional.of(first).filter(LabelInput::isOfTask);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the ids of all measures, including those of answers, in the order of the columns} */
  public List<String> measureIds() {
    return MeasureCatalog.withAnswers(measures).stream().map(Measure::id).toList();
  }

  /** {@return the order and the columns of the rows} */
  RowOrder order() {
    return new RowOrder(modelIds(), mapLabels(), measureIds());
  }

  /** {@return how the ranges of activations are obtained} */
  public RangeRule ranges() {
    return protocol.ranges();
  }

  /** {@return whether a precision needs static ranges that are not yet known} */
  public boolean needsCalibration() {
    return calibration.isEmpty()
        && !ranges().isDynamic()
        && !explanations.stream()
            .flatMap(e -> e.getConfigurations().stream())
            .allMatch(Configuration::isFloat);
  }

  /** {@return the calibration for the results; without images if ranges are dynamic} */
  Calibration recordedCalibration() {
    return calibration.orElseGet(() -> new Calibration(ranges(), List.of(), Map.of()));
  }

  /**
   * Adds ranges.
   *
   * @param found the calibrated ranges
   * @return a new plan
   */
  public AuditPlan with(Calibration found) {
    return new AuditPlan(
        explanations.stream().map(e -> e.withCalibration(found)).toList(),
        saliency,
        labels,
        masks,
        measures,
        exhibits,
        maps,
        protocol.withRanges(found.rule()),
        vanished,
        gate,
        calibrationImages,
        Optional.of(found));
  }

  /**
   * Tests the maps of all models.
   *
   * @param tests the tests
   * @return a new plan
   */
  public AuditPlan with(MapTests tests) {
    return new AuditPlan(
        explanations.stream().map(e -> e.withTests(tests)).toList(),
        saliency,
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

  /** {@return the tests of maps, which are the same for all models} */
  public MapTests tests() {
    return explanations.get(0).getTests();
  }

  /**
   * Keeps one model, whose maps are compared with f32's, with masks, and with no saliency but the
   * centre, which costs nothing.
   *
   * @param model the model's id
   * @return a new plan
   */
  AuditPlan alone(String model) {
    return sweep(
        explanations.stream().filter(e -> e.getModel().id().equals(model)).toList(),
        SaliencyMethod.parseAll(List.of(Reference.CENTRE.id())),
        measures,
        exhibits);
  }

  /**
   * Explains each image in many configurations, with one program per model.
   *
   * @param configurations each model's configurations by model id, without f32; a model that is not
   *     named is left out
   * @param taken measures of the maps
   * @return a new plan, which shows no images
   */
  public AuditPlan together(Map<String, List<Configuration>> configurations, Set<Measure> taken) {
    List<ExplainImages> swept = new ArrayList<>();
    for (ExplainImages e : explanations) {
      List<Configuration> own = configurations.get(e.getModel().id());
      if (own != null) {
        swept.add(e.withPrecisions(own).together());
      }
    }
    return sweep(swept, saliency, taken, ChooseExhibits.Choice.NONE);
  }

  /**
   * Audits one model, whose maps are compared with f32's and with the centre, which costs nothing.
   *
   * @param explanation how the model is explained
   * @return a new plan, which shows no images
   */
  AuditPlan of(ExplainImages explanation) {
    return sweep(
        List.of(explanation),
        SaliencyMethod.parseAll(List.of(Reference.CENTRE.id())),
        measures,
        ChooseExhibits.Choice.NONE);
  }

  /**
   * Shows some images, whatever their maps are.
   *
   * @param keys the images' keys
   * @return a new plan, which shows no others
   */
  AuditPlan showing(Collection<String> keys) {
    return sweep(
        explanations, saliency, measures, new ChooseExhibits.Choice(0, 0, 0, List.copyOf(keys)));
  }

  private AuditPlan sweep(
      List<ExplainImages> swept,
      List<SaliencyMethod.Choice> methods,
      Set<Measure> taken,
      ChooseExhibits.Choice shown) {
    return new AuditPlan(
        swept,
        methods,
        labels,
        masks,
        taken,
        shown,
        false,
        protocol,
        vanished,
        Gate.NONE,
        calibrationImages,
        calibration);
  }

  /** Configures an audit. */
  <T> Audit<T> apply(Audit<T> audit) {
    String[] methods = saliency.stream().map(String::valueOf).toArray(String[]::new);
    Audit<T> configured = audit.withSaliency(methods).withMeasures(measures);
    for (ExplainImages explanation : explanations) {
      configured = configured.withExplanation(explanation);
    }
    return configured.withExhibits(exhibits).withVanishedMaps(vanished);
  }
}
