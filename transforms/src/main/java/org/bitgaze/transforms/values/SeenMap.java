package org.bitgaze.transforms.values;

import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;

/**
 * A saliency map as far as some networks see the image.
 *
 * @param framing the part of the image that it shows
 * @param map the map of that part, at any resolution
 */
public record SeenMap(Framing framing, Heatmap map) {}
