package org.bitgaze.pipelines.layers;

import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.gate.Condition;

/**
 * The mixed precision that was proposed for a model.
 *
 * @param budget the conditions that it had to keep
 * @param cost the cost that was minimized, a {@link CostKind}'s id
 * @param searchedImages the number of images of the search
 * @param heldOutImages the number of images that were held out
 * @param kept whether the budget is kept on the images of the search; a mean over maps must keep it
 *     with its whole 95 % interval
 * @param keptHeldOut whether it is kept on the images that were held out
 * @param layers layer to precision, in network order
 * @param choices the proposal first, then the configurations that are compared with it
 * @param frontier by criterion, from the cheapest on
 */
public record MixedResult(
    List<String> budget,
    String cost,
    long searchedImages,
    long heldOutImages,
    boolean kept,
    boolean keptHeldOut,
    Map<String, String> layers,
    List<ConfigurationResult> choices,
    List<FrontierPoint> frontier) {

  /** {@return the budget's other measures, beside drift and flips, as {@code reference_MEASURE}} */
  public List<String> columns() {
    return budget.stream()
        .map(Condition::parse)
        .map(c -> Sensitivity.key(c.reference(), c.measure()))
        .distinct()
        .filter(c -> !c.equals("f32_CC") && !c.equals("f32_FLIP"))
        .toList();
  }
}
