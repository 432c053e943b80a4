package org.bitgaze.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.bitgaze.image.RgbImage;

/** Makes the native batch of a list of images. */
public final class Batches {
  private Batches() {}

  /**
   * Copies images to native memory.
   *
   * @param manager which frees the array
   * @param images at least one, all of one size
   * @return uint8 (N, height, width, 3)
   * @throws IllegalArgumentException if the images differ in size
   */
  public static NDArray toArray(NDManager manager, List<RgbImage> images) {
    RgbImage first = images.get(0);
    int size = first.pixels().length;
    ByteBuffer bytes = ByteBuffer.allocateDirect(images.size() * size);
    for (RgbImage image : images) {
      if (image.height() != first.height() || image.width() != first.width()) {
        throw new IllegalArgumentException("the images of a batch have one size");
      }
      bytes.put(image.pixels());
    }
    Shape shape = new Shape(images.size(), first.height(), first.width(), 3);
    return manager.create(bytes.flip(), shape, DataType.UINT8);
  }
}
