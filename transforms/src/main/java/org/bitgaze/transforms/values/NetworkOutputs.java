package org.bitgaze.transforms.values;

/**
 * A network's outputs for an image, which a later step compares with another network's.
 *
 * @param model the model's id
 * @param precision the name of the maps of the network, such as {@code int8}
 * @param values one per class
 */
public record NetworkOutputs(String model, String precision, float[] values) {}
