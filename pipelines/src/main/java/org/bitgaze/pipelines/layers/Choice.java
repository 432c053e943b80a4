package org.bitgaze.pipelines.layers;

/**
 * A configuration that was proposed, or stands beside one, with what it costs and keeps.
 *
 * @param name what tables call it
 * @param weightBits see {@link org.bitgaze.quant.sweep.Cost}
 * @param bitOperations likewise
 * @param searched what it does on the images that the search saw
 * @param heldOut the same on the others
 * @param lead how much larger the proposal's CC with f32's map is, image by image, on the others;
 *     without a mean for the proposal itself
 */
public record Choice(
    String name,
    long weightBits,
    long bitOperations,
    Effect searched,
    Effect heldOut,
    Value lead) {}
