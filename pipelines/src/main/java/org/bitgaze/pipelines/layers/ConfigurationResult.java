package org.bitgaze.pipelines.layers;

/**
 * A proposed configuration, or one that is compared with it: its cost and its effect.
 *
 * @param name its name in tables
 * @param weightBits see {@link org.bitgaze.quant.sweep.Cost}
 * @param bitOperations see {@link org.bitgaze.quant.sweep.Cost}
 * @param searched its effect on the images of the search
 * @param heldOut its effect on the images that were held out
 * @param lead the proposal's CC with f32's map minus this one's, image by image, on the images that
 *     were held out; without a mean for the proposal itself
 */
public record ConfigurationResult(
    String name,
    long weightBits,
    long bitOperations,
    Effect searched,
    Effect heldOut,
    Estimate lead) {}
