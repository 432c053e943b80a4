package org.bitgaze.transforms;

/** Tells a machine without memory from an image that cannot be explained. */
final class NativeMemory {
  /** What libtorch says when the machine has no memory left. */
  private static final String EXHAUSTED = "can't allocate memory";

  private NativeMemory() {}

  /**
   * Looks at what a native call threw.
   *
   * @throws OutOfMemoryError if it was about memory
   */
  static void check(RuntimeException problem) {
    if (("" + problem.getMessage()).contains(EXHAUSTED)) {
      throw new OutOfMemoryError(problem.getMessage());
    }
  }
}
