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
 * Judges the mixed precision that was proposed, and what is quantized alike beside it, by the
 * images that the search did not see.
 */
public final class MixedGate {
  private MixedGate() {}

  /**
   * Judges.
   *
   * @param gate what must hold; {@code *} is the proposal, {@code mixed}
   * @param result what was found
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

  private static Judgement judge(Condition condition, String model, Choice choice) {
    Optional<Value> value = value(choice, condition.reference(), condition.measure());
    double mean = number(value.map(Value::mean));
    String key = Sensitivity.key(condition.reference(), condition.measure());
    long vanished = choice.heldOut().lost().getOrDefault(key, 0L);
    return new Judgement(
        model,
        choice.name(),
        condition,
        mean,
        number(value.map(Value::low)),
        number(value.map(Value::high)),
        mean,
        value.map(Value::count).orElse(0L),
        vanished);
  }

  private static Optional<Value> value(Choice choice, Reference reference, Measure measure) {
    return Optional.ofNullable(choice.heldOut().values().get(reference.id() + "_" + measure.id()));
  }

  private static double number(Optional<Double> value) {
    return value.orElse(Double.NaN);
  }
}
