package org.bitgaze.pipelines.layers;

import java.util.List;

/**
 * What was found of one model.
 *
 * @param id the model's
 * @param title its name for people
 * @param lines one per trial
 * @param agreements of noise with drift
 * @param quiet layers that are quiet but harmful
 * @param saved how much of the multiply-adds of all trials was not computed, for it was the same as
 *     before, in [0, 1]
 * @param mixed the proposal; none where none was asked for
 */
public record ModelResult(
    String id,
    String title,
    List<Sensitivity> lines,
    List<Agreement> agreements,
    List<QuietLayer> quiet,
    double saved,
    List<MixedResult> mixed) {

  /**
   * Adds a proposal.
   *
   * @param proposal what was found
   * @return a new result
   */
  public ModelResult with(MixedResult proposal) {
    return new ModelResult(id, title, lines, agreements, quiet, saved, List.of(proposal));
  }
}
