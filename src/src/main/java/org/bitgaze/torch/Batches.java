package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.ModelInfo;
import org.bitgaze.quant.Arithmetic;

/** Chooses the size of batches, and copies them to native memory. */
public final class Batches {
  private static final int MAX_IMAGES = 4;

  private static final long MAX_BYTES = 20_000_000;

  private Batches() {}

  /**
   * Returns how many images a native call of a network should take: as many as have the network's
   * largest activation together in the caches' few megabytes, and at most four. More would take
   * memory and hardly save time.
   *
   * @param model what is known of the network
   * @param arithmetic in which it is computed: integers take a quarter of the memory
   * @return 1 to 4, which depends on nothing but the network and the arithmetic
   */
  public static int fitting(ModelInfo model, Arithmetic arithmetic) {
    int element = arithmetic == Arithmetic.INTEGER ? Byte.BYTES : Float.BYTES;
    long largest = model.largestActivation() * element;
    return (int) Math.max(1, Math.min(MAX_IMAGES, MAX_BYTES / largest));
  }

  /**
   * Fills a batch up by repeating its last entry, so that every native call has one size.
   *
   * @param inputs at least one
   * @param size the wanted size
   * @return the inputs, and as many copies of the last as are missing
   */
  static <T> List<T> filled(List<T> inputs, int size) {
    List<T> filled = new ArrayList<>(inputs);
    while (filled.size() < size) {
      filled.add(inputs.get(inputs.size() - 1));
    }
    return filled;
  }

  /**
   * Copies images to native memory.
   *
   * @param manager frees the array
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
        throw new IllegalArgumentException("the images of a batch must have one size");
      }
      bytes.put(image.pixels());
    }
    Shape shape = new Shape(images.size(), first.height(), first.width(), 3);
    return manager.create(bytes.flip(), shape, DataType.UINT8);
  }
}
