package org.bitgaze.torch;

import org.bitgaze.explain.Explanation;
import org.bitgaze.measure.Fidelity;

/**
 * What a network answers for one image in one configuration, where it looks, and how far it is from
 * the reference.
 *
 * @param explanation the answer and the map
 * @param fidelity how much of the reference's activations and logits is left
 */
public record SweepResult(Explanation explanation, Fidelity fidelity) {}
