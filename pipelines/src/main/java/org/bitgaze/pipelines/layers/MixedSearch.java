package org.bitgaze.pipelines.layers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.Cost;
import org.bitgaze.quant.sweep.QuantizedPart;

/**
 * Searches the cheapest mixed precision of a model that keeps a budget. It climbs from the cheapest
 * precision by the layers' sensitivities, runs configurations on the way, takes the first that
 * keeps the budget, and trims it. For comparison it chooses layers by sensitivity, by noise and at
 * random, at no lower cost and untrimmed, and runs all on images that were held out. Layers without
 * weights cost nothing, and stay in floating point unless quantizing them helps.
 */
public final class MixedSearch {
  /** The proposal's name in tables and files. */
  public static final String PROPOSAL = "mixed";

  /** The number of configurations on the way that are run. */
  private static final int ON_THE_WAY = 64;

  /** The number of points of a frontier. */
  private static final int POINTS = 16;

  /** The number of random configurations. */
  private static final int RANDOM = 5;

  /** Weight of the drift, which decides between layers with equal loss. */
  private static final double TIE = 1e-6;

  /** Larger than any distance between maps. */
  private static final double LOST = 1e3;

  private final String model;
  private final Search search;
  private final Ascent ascent;
  private final SweepEvaluation sweep;
  private final Runner runner;

  /** Runs configurations. */
  @FunctionalInterface
  public interface Runner {
    /**
     * Runs configurations over some of the images.
     *
     * @param configurations of different names, without f32
     * @param heldOut whether to run over the images that are held out, or those of the search
     * @return the results
     * @throws IOException if the configurations cannot be run
     */
    SweepEvaluation run(List<Configuration> configurations, boolean heldOut) throws IOException;
  }

  /**
   * The result of a search.
   *
   * @param configuration the proposal
   * @param result the numbers of the proposal and of what is compared with it
   */
  public record Found(Configuration configuration, MixedResult result) {}

  /**
   * Prepares a search.
   *
   * @param layers its layers
   * @param precisions that layers may have beside floating point
   * @param search the budget and the cost
   * @param sweep each layer alone at each precision, on the images of the search
   * @param runner runs configurations
   */
  public MixedSearch(
      String model,
      List<QuantizableLayer> layers,
      List<Precision> precisions,
      Search search,
      SweepEvaluation sweep,
      Runner runner) {
    this.model = model;
    this.search = search;
    this.sweep = sweep;
    this.runner = runner;
    List<Precision> rungs = new ArrayList<>(precisions);
    // A scale per channel adds no cost here, so it counts as a step up.
    rungs.sort(Comparator.comparingInt(Precision::bits).thenComparing(Precision::perChannel));
    rungs.add(Precision.F32);
    this.ascent = new Ascent(layers, rungs, search.cost());
  }

  /**
   * Searches.
   *
   * @param searchedImages the number of images of the search, for the record
   * @param heldOutImages the number of images that are held out
   * @return the proposal
   * @throws IOException if configurations cannot be run
   */
  public Found run(long searchedImages, long heldOutImages) throws IOException {
    List<Configuration> bySensitivity = ascent.greedy(this::harm);
    List<Configuration> bySignal = ascent.greedy(this::noise);
    List<Configuration> onTheWay =
        configurations(sample(Criterion.SENSITIVITY, bySensitivity, ON_THE_WAY));
    SweepEvaluation way = runner.run(onTheWay, false);
    Configuration first = onTheWay.get(onTheWay.size() - 1);
    boolean kept = false;
    for (Configuration configuration : onTheWay) {
      if (way.holdsSurely(model, configuration.name(), search.budget())) {
        first = configuration;
        kept = true;
        break;
      }
    }
    Descent descent = new Descent(model, ascent, search);
    Configuration proposal =
        kept
            ? descent.trim(first, way, configurations -> runner.run(configurations, false))
            : first;
    proposal = proposal.named(PROPOSAL);
    long price = ascent.cost(proposal);
    List<Configuration> choices = new ArrayList<>(List.of(proposal));
    // These are not trimmed, so that they differ only in the order of layers.
    choices.add(ascent.firstNotBelow(bySensitivity, price).named(Criterion.SENSITIVITY.id()));
    choices.add(ascent.firstNotBelow(bySignal, price).named(Criterion.SQNR.id()));
    for (int i = 0; i < RANDOM; i++) {
      choices.add(
          ascent
              .firstNotBelow(ascent.random(search.seed() + i), price)
              .named(Criterion.RANDOM.id() + " " + (i + 1)));
    }
    for (Precision precision : ascent.rungs()) {
      if (!precision.isFloat()) {
        choices.add(Configuration.uniform(precision));
      }
    }
    List<Step> frontier = new ArrayList<>(sample(Criterion.SENSITIVITY, bySensitivity, POINTS));
    frontier.addAll(sample(Criterion.SQNR, bySignal, POINTS));
    frontier.addAll(sample(Criterion.RANDOM, ascent.random(search.seed()), POINTS));
    List<Configuration> verified = new ArrayList<>(choices);
    verified.addAll(configurations(frontier));
    SweepEvaluation heldOut = runner.run(verified, true);
    SweepEvaluation searched = runner.run(choices, false);
    return new Found(
        proposal,
        new MixedResult(
            search.budget().stream().map(Condition::toString).toList(),
            search.cost().id(),
            searchedImages,
            heldOutImages,
            kept,
            heldOut.holds(model, PROPOSAL, search.budget()),
            layers(proposal),
            choices(choices, searched, heldOut),
            frontier.stream().map(step -> point(step, heldOut)).toList()));
  }

  /** The loss of the budget's first measure when a layer alone is quantized. */
  private double harm(QuantizableLayer layer, Precision precision) {
    Condition first = search.budget().get(0);
    String name = QuantizedPart.ONLY.name(precision, layer.name());
    double full = sweep.mean(model, Configuration.F32.name(), first.reference(), first.measure());
    double value = sweep.mean(model, name, first.reference(), first.measure());
    if (value == Double.POSITIVE_INFINITY) {
      // Some maps vanished, so the mean has no meaning: more vanished maps are worse.
      return LOST * (1 + sweep.effect(model, name).vanished());
    }
    double worse = first.measure().better() == Measure.Better.LARGER ? full - value : value - full;
    double correlation = sweep.mean(model, name, Reference.F32, StandardMeasure.CC);
    double tie = Double.isNaN(correlation) ? 0 : TIE * (1 - correlation);
    return (Double.isNaN(worse) ? 0 : worse) + tie;
  }

  /**
   * The power of the noise that a layer alone adds to the logits, relative to the logits' power.
   */
  private double noise(QuantizableLayer layer, Precision precision) {
    String name = QuantizedPart.ONLY.name(precision, layer.name());
    return sweep
        .value(model, name, Reference.F32, StandardMeasure.SQNR)
        .filter(v -> v.mean() != null)
        .map(v -> Math.pow(10, -v.mean() / 10))
        .orElse(0.0);
  }

  /** A configuration on a way, some steps above the lowest. */
  private record Step(Criterion criterion, int number, Configuration configuration) {}

  /** Selects configurations at equal distances on a way, with the first and the last. */
  private static List<Step> sample(Criterion criterion, List<Configuration> way, int number) {
    int last = way.size() - 1;
    int points = Math.min(number, way.size());
    return IntStream.range(0, points)
        .map(i -> points == 1 ? 0 : (int) Math.round((double) i * last / (points - 1)))
        .mapToObj(i -> new Step(criterion, i, way.get(i).named(criterion.id() + "@" + i)))
        .toList();
  }

  private static List<Configuration> configurations(List<Step> steps) {
    return steps.stream().map(Step::configuration).toList();
  }

  private Map<String, String> layers(Configuration configuration) {
    Map<String, String> layers = new LinkedHashMap<>();
    for (QuantizableLayer layer : ascent.layers()) {
      layers.put(layer.name(), configuration.get(layer.name()).toString());
    }
    return layers;
  }

  private List<ConfigurationResult> choices(
      List<Configuration> configurations, SweepEvaluation searched, SweepEvaluation heldOut) {
    List<ConfigurationResult> choices = new ArrayList<>();
    for (Configuration configuration : configurations) {
      String name = configuration.name();
      Cost cost = Cost.of(ascent.layers(), configuration);
      Estimate lead =
          name.equals(PROPOSAL)
              ? Estimate.NONE
              : heldOut.lead(model, PROPOSAL, name).orElse(Estimate.NONE);
      choices.add(
          new ConfigurationResult(
              name,
              cost.weightBits(),
              cost.bitOperations(),
              searched.effect(model, name),
              heldOut.effect(model, name),
              lead));
    }
    return choices;
  }

  private FrontierPoint point(Step step, SweepEvaluation heldOut) {
    Cost cost = Cost.of(ascent.layers(), step.configuration());
    return new FrontierPoint(
        step.criterion().id(),
        step.number(),
        cost.weightBits(),
        cost.bitOperations(),
        heldOut.effect(model, step.configuration().name()));
  }
}
