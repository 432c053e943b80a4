package org.bitgaze.transforms;

import org.bitgaze.image.Heatmap;

/**
 * What one network at one precision says of one image, and where it looked.
 *
 * @param network torchvision's name
 * @param precision such as {@code int8}
 * @param predictedClass the network's own top-1
 * @param probability softmax of the predicted class, in [0, 1]
 * @param explainedClass class whose logit the map explains
 * @param cam class activation map at the target layer's resolution
 */
public record CamMap(
    String network,
    String precision,
    int predictedClass,
    double probability,
    int explainedClass,
    Heatmap cam) {}
