package org.bitgaze.transforms.values;

import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.Reference;

/**
 * A network's map when weights are random.
 *
 * @param model the model's id
 * @param reference which weights are random: {@link Reference#RANDOM_HEAD} or {@link
 *     Reference#RANDOM_WEIGHTS}
 * @param map the f32 map at the target layer's resolution
 */
public record RandomizedMap(String model, Reference reference, Heatmap map) {}
