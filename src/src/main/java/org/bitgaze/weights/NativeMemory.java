package org.bitgaze.weights;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory for tensors outside the heap, and outside the JVM's direct memory: that is bounded by the
 * size of the heap, and in a task manager of Flink's by less than VGG16's largest tensor.
 */
public final class NativeMemory {
  /** Where libtorch's own tensors begin, in bytes. */
  static final int ALIGNMENT = 64;

  private NativeMemory() {}

  /**
   * Allocates memory that is not cleared.
   *
   * @param bytes how many
   * @return a buffer of this machine's byte order that begins at a multiple of 64 bytes; the memory
   *     is given back when nobody holds it
   * @throws OutOfMemoryError if the system has not so much
   */
  public static ByteBuffer allocate(int bytes) {
    return new Memory((long) bytes + ALIGNMENT)
        .align(ALIGNMENT)
        .getByteBuffer(0, bytes)
        .order(ByteOrder.nativeOrder());
  }
}
