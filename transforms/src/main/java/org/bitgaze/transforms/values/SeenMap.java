package org.bitgaze.transforms.values;

import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Heatmap;

/**
 * A saliency map as far as some networks see the image.
 *
 * @param crop the part of the image that it shows
 * @param map the map of that part, at any resolution
 */
public record SeenMap(CenterCrop crop, Heatmap map) {}
