package org.bitgaze.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Optional;

/** Looks for elements that are infinite or not a number, and says what is wrong with the first. */
public final class NotFinite {
  /** The bits of infinity: those of NaN are above them, all others below. */
  private static final int INFINITE = 0x7f800000;

  private static final int CHUNK = 1 << 13;

  private NotFinite() {}

  /**
   * Looks at elements in the heap.
   *
   * @param elements any
   * @return what is wrong, such as "has NaN at element 7"; nothing if all are finite
   */
  public static Optional<String> in(float[] elements) {
    for (int i = 0; i < elements.length; i++) {
      if (!Float.isFinite(elements[i])) {
        return Optional.of(problem(elements[i], i));
      }
    }
    return Optional.empty();
  }

  /**
   * Looks at little-endian elements where they lie.
   *
   * @param bytes from position to limit
   * @return what is wrong; nothing if all are finite
   */
  public static Optional<String> in(ByteBuffer bytes) {
    IntBuffer bits = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    // Copied first: this runs when a process starts, before single reads from a buffer are fast.
    int[] chunk = new int[Math.min(CHUNK, bits.remaining())];
    while (bits.hasRemaining()) {
      int begin = bits.position();
      int length = Math.min(chunk.length, bits.remaining());
      bits.get(chunk, 0, length);
      if (largest(chunk, length) >= INFINITE) {
        int i = 0;
        while ((chunk[i] & Integer.MAX_VALUE) < INFINITE) {
          i++;
        }
        return Optional.of(problem(Float.intBitsToFloat(chunk[i]), begin + i));
      }
    }
    return Optional.empty();
  }

  private static int largest(int[] bits, int length) {
    int largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, bits[i] & Integer.MAX_VALUE);
    }
    return largest;
  }

  private static String problem(float element, int index) {
    return "has " + element + " at element " + index;
  }
}
