package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.gate.Rule;

/**
 * Judges a proposed mixed precision, and the configurations that are compared with it, on the
 * images that were held out.
 */
public final class MixedGate {
  private MixedGate() {}

  /**
   * Judges.
   *
   * @param gate the conditions; {@code *} is the proposal, {@code mixed}
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

  private static Judgement judge(
      Condition condition, String model, ConfigurationResult configuration) {
    String key = Sensitivity.key(condition.reference(), condition.measure());
    Effect effect = configuration.heldOut();
    Estimate estimate = effect.values().getOrDefault(key, Estimate.NONE);
    double mean = number(estimate.mean());
    return new Judgement(
        model,
        configuration.name(),
        condition,
        mean,
        number(estimate.low()),
        number(estimate.high()),
        mean,
        estimate.count(),
        effect.lost().getOrDefault(key, 0L),
        "");
  }

  private static double number(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
