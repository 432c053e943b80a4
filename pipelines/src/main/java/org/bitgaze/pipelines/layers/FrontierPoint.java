package org.bitgaze.pipelines.layers;

/**
 * A point of drift against cost, on the images that were held out.
 *
 * @param criterion by which the layers were chosen that keep more bits
 * @param step how many steps it is above the cheapest
 * @param weightBits see {@link org.bitgaze.quant.sweep.Cost}
 * @param bitOperations likewise
 * @param effect what it does
 */
public record FrontierPoint(
    String criterion, int step, long weightBits, long bitOperations, Effect effect) {}
