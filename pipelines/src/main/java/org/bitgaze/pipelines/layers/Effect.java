package org.bitgaze.pipelines.layers;

import java.util.Map;
import javax.annotation.Nullable;

/**
 * What a configuration does to a network's maps and answers, over the images.
 *
 * @param drift 1 - CC of the map with f32's, where a map that vanished, though f32's did not,
 *     counts 1, for it looks nowhere; null if CC was not taken
 * @param vanished maps that vanished beyond those of f32
 * @param values each measure over the images that have a value, by {@code reference_MEASURE}
 */
public record Effect(@Nullable Value drift, long vanished, Map<String, Value> values) {
  /** What is known of a configuration that was not run. */
  static final Effect NONE = new Effect(null, 0, Map.of());
}
