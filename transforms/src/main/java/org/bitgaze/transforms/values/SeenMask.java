package org.bitgaze.transforms.values;

import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Mask;

/**
 * An object's mask as far as some networks see the image.
 *
 * @param crop the part of the image that it shows
 * @param mask the mask of that part, of the crop's size
 */
public record SeenMask(CenterCrop crop, Mask mask) {}
