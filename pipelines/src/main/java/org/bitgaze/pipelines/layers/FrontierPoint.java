package org.bitgaze.pipelines.layers;

/**
 * A point of drift against cost, on the images that were held out.
 *
 * @param criterion how the layers that keep more bits were chosen
 * @param step the number of steps above the cheapest configuration
 * @param weightBits see {@link org.bitgaze.quant.sweep.Cost}
 * @param bitOperations see {@link org.bitgaze.quant.sweep.Cost}
 * @param effect the configuration's effect
 */
public record FrontierPoint(
    String criterion, int step, long weightBits, long bitOperations, Effect effect) {}
