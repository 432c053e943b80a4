package org.bitgaze.pipelines.layers;

import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.MapImage;

/**
 * An image with the map in floating point and that with one layer quantized.
 *
 * @param key the image's key
 * @param cc correlation of the two; null if one of them vanished
 * @param picture what the network saw, JPEG
 * @param f32 the map in floating point
 * @param quantized the map with the layer quantized
 */
public record Shown(
    String key, @Nullable Double cc, byte[] picture, MapImage f32, MapImage quantized) {}
