package org.bitgaze.transforms;

import javax.annotation.Nullable;

/**
 * A class activation map and how much of the full-precision one is left in it.
 *
 * @param map the map and the network's answer
 * @param flipped whether the answer differs from the one at full precision
 * @param cc correlation with the same network's map at full precision (1 for that map itself), or
 *     null if one of them is degenerate
 */
public record ComparedMap(CamMap map, boolean flipped, @Nullable Double cc) {}
