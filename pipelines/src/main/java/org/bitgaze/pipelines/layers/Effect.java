package org.bitgaze.pipelines.layers;

import java.util.Map;
import javax.annotation.Nullable;

/**
 * The effect of a configuration on a network's maps and answers, over the images.
 *
 * @param drift 1 - CC of the map with f32's; a map without values counts as 1 if f32's has values;
 *     null if CC was not taken
 * @param vanished the number of such maps: zero everywhere, or constant
 * @param lost the number of such maps for each measure against f32 and masks, by {@code
 *     reference_MEASURE}; images without a usable mask do not count
 * @param values each measure over the images that have a value, by {@code reference_MEASURE}
 */
public record Effect(
    @Nullable Estimate drift, long vanished, Map<String, Long> lost, Map<String, Estimate> values) {
  /** The effect of a configuration that was not run: nothing is known. */
  static final Effect NONE = new Effect(null, 0, Map.of(), Map.of());
}
