package org.bitgaze.pipelines.job;

import org.bitgaze.image.MaskValues;

/**
 * Where the images' masks are.
 *
 * @param folder the masks' folder
 * @param values which of their values are the object
 */
public record MaskInput(String folder, MaskValues values) {}
