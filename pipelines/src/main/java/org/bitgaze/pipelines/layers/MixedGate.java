package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.gate.Rule;

/**
 * Judges a proposed mixed precision, and the configurations that are compared with it, on the images
 * that were held out.
 */
public final class MixedGate {
  private MixedGate() {}

  /**
   * Judges.
   *
   * @param gate the conditions; {@code *} is the proposal, {@code mixed}
   * @param result the job's result
   * @return one judgement per model, configuration and condition
   */
  public static List<Judgement> judge(Gate gate, LayersResult result) {
    List<Judgement> all = new ArrayList<>();
    for (ModelResult model : result.models()) {
      for (MixedResult mixed : model.mixed()) {
        for (Rule rule : gate.rules()) {
          if (rule.model().orElse(model.id()).equals(model.id())) {
            String wanted = rule.precision().orElse(MixedSearch.PROPOSAL);
            mixed.choices().stream()
                .filter(choice -> choice.name().equals(wanted))
                .forEach(
                    choice ->
                        rule.conditions().forEach(c -> all.add(judge(c, model.id(), choice))));
          }
        }
      }
    }
    return all;
  }

  private static Judgement judge(Condition condition, String model, ConfigurationResult choice) {
    Optional<Estimate> value = value(choice, condition.reference(), condition.measure());
    double mean = number(value.map(Estimate::mean));
    String key = Sensitivity.key(condition.reference(), condition.measure());
    long vanished = choice.heldOut().lost().getOrDefault(key, 0L);
    return new Judgement(
        model,
        choice.name(),
        condition,
        mean,
        number(value.map(Estimate::low)),
        number(value.map(Estimate::high)),
        mean,
        value.map(Estimate::count).orElse(0L),
        vanished);
  }

  private static Optional<Estimate> value(ConfigurationResult choice, Reference reference, Measure measure) {
    return Optional.ofNullable(choice.heldOut().values().get(reference.id() + "_" + measure.id()));
  }

  private static double number(Optional<Double> value) {
    return value.orElse(Double.NaN);
  }
}
