package org.bitgaze.transforms;

import org.bitgaze.image.RgbImage;

/**
 * An image and the class that is to be explained in it.
 *
 * @param image the image as networks take it
 * @param target index of the class, or {@link org.bitgaze.program.CamProgram#OWN_CLASS}
 */
public record TargetedImage(RgbImage image, int target) {}
