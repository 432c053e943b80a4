package org.bitgaze.transforms.values;

import org.bitgaze.image.Framing;
import org.bitgaze.image.Mask;

/**
 * An object's mask in the part of an image that some networks see.
 *
 * @param framing the part of the image that it shows
 * @param mask the mask of that part, of the crop's size
 */
public record SeenMask(Framing framing, Mask mask) {}
