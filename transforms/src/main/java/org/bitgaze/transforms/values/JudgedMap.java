package org.bitgaze.transforms.values;

import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.Reference;

/**
 * How well a map explains a network's answers for one image.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param reference which network judged which map, such as {@link Reference#NETWORK}
 * @param scores what was found; nothing if there is no such map, or it has no values
 */
public record JudgedMap(String model, String precision, Reference reference, Faithfulness scores) {}
