package org.bitgaze.pipelines.layers;

import java.util.Map;

/**
 * A configuration that was proposed, or stands beside one, with what it costs and keeps.
 *
 * @param name what tables call it
 * @param weightBits see {@link org.bitgaze.quant.Cost}
 * @param bitOperations likewise
 * @param searched what it keeps on the images that the search saw, by {@code reference_MEASURE};
 *     empty if it was not run on these
 * @param heldOut the same on the others
 */
public record Choice(
    String name,
    long weightBits,
    long bitOperations,
    Map<String, Value> searched,
    Map<String, Value> heldOut) {}
