package org.bitgaze.pipelines.layers;

import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.MapImage;

/**
 * An image with its map in floating point and its map with one layer quantized.
 *
 * @param key the image's key
 * @param cc correlation of the two maps; null if one of them vanished
 * @param picture what the network saw, as a JPEG file
 * @param f32 the map in floating point
 * @param quantized the map with the layer quantized
 */
public record DriftExample(
    String key, @Nullable Double cc, byte[] picture, MapImage f32, MapImage quantized) {}
