package org.bitgaze.pipelines.layers;

import java.util.Map;
import javax.annotation.Nullable;

/**
 * What a configuration does to a network's maps and answers, over the images.
 *
 * @param drift 1 - CC of the map with f32's, where a map without values, though f32's has some,
 *     counts 1, for it looks nowhere; null if CC was not taken
 * @param vanished such maps: zero everywhere, or constant
 * @param lost the same of each measure of maps against f32 and masks: images whose mask is no use
 *     lack nothing; by {@code reference_MEASURE}
 * @param values each measure over the images that have a value, by {@code reference_MEASURE}
 */
public record Effect(
    @Nullable Value drift, long vanished, Map<String, Long> lost, Map<String, Value> values) {
  /** What is known of a configuration that was not run. */
  static final Effect NONE = new Effect(null, 0, Map.of(), Map.of());
}
