package org.bitgaze.transforms.values;

import java.util.OptionalDouble;

/**
 * A class activation map and how much of the full-precision one is left in it.
 *
 * @param map the map and the model's answer
 * @param flipped whether the answer differs from the one at full precision
 * @param cc correlation with the same model's map at full precision (1 for that map itself);
 *     nothing if one of them is degenerate
 */
public record ComparedMap(CamMap map, boolean flipped, OptionalDouble cc) {}
