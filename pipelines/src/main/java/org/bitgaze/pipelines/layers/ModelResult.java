package org.bitgaze.pipelines.layers;

import java.util.List;

/**
 * The results for one model.
 *
 * @param id the model's id
 * @param title the model's title
 * @param lines one per trial
 * @param agreements the correlations of noise with drift
 * @param quiet layers that are quiet but harmful
 * @param saved the share of all trials' multiply-adds that were not computed, because their inputs
 *     had not changed, in [0, 1]
 * @param mixed the proposal; empty if none was requested
 */
public record ModelResult(
    String id,
    String title,
    List<Sensitivity> lines,
    List<RatioAgreement> agreements,
    List<QuietLayer> quiet,
    double saved,
    List<MixedResult> mixed) {

  /**
   * Adds a proposal.
   *
   * @param proposal the proposal
   */
  public ModelResult with(MixedResult proposal) {
    return new ModelResult(id, title, lines, agreements, quiet, saved, List.of(proposal));
  }
}
