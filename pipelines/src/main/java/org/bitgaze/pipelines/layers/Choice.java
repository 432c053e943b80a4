package org.bitgaze.pipelines.layers;

/**
 * A configuration that was proposed, or stands beside one, with what it costs and keeps.
 *
 * @param name what tables call it
 * @param weightBits see {@link org.bitgaze.quant.Cost}
 * @param bitOperations likewise
 * @param searched what it does on the images that the search saw
 * @param heldOut the same on the others
 */
public record Choice(
    String name, long weightBits, long bitOperations, Effect searched, Effect heldOut) {}
