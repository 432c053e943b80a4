package org.bitgaze.pipelines.layers;

import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.gate.Condition;

/**
 * The mixed precision that was found for a model.
 *
 * @param budget what it had to keep
 * @param cost what it was to save, a {@link CostKind}'s id
 * @param searchedImages images that the search saw
 * @param heldOutImages images that it did not
 * @param kept whether the budget is surely kept on the images that the search saw, a mean over maps
 *     with its whole 95 % interval
 * @param keptHeldOut whether it is kept on the others
 * @param layers layer to precision, in network order
 * @param choices the proposal first, then what stands beside it
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
    List<Choice> choices,
    List<FrontierPoint> frontier) {

  /**
   * Returns what the budget is about beside drift and flips, which are always told.
   *
   * @return {@code reference_MEASURE}, each once
   */
  public List<String> columns() {
    return budget.stream()
        .map(Condition::parse)
        .map(c -> Sensitivity.key(c.reference(), c.measure()))
        .distinct()
        .filter(c -> !c.equals("f32_CC") && !c.equals("f32_FLIP"))
        .toList();
  }
}
