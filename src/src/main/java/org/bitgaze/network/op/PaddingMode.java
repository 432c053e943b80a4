package org.bitgaze.network.op;

import java.util.Locale;

/** The values of the border around an image, as PyTorch's {@code padding_mode}. */
public enum PaddingMode {
  /** Zeros. */
  ZEROS,
  /** The image mirrored at its outermost pixels, which are not repeated. */
  REFLECT,
  /** The outermost pixels repeated. */
  REPLICATE,
  /** The image continued from its opposite side. */
  CIRCULAR;

  /**
   * Tells whether a border can be made of an image.
   *
   * @param padding size of the border in pixels
   * @param size size of the image in the same direction
   * @return whether the image has enough pixels
   */
  boolean fits(int padding, int size) {
    return switch (this) {
      case ZEROS, REPLICATE -> true;
      case REFLECT -> padding < size;
      case CIRCULAR -> padding <= size;
    };
  }

  /** {@return PyTorch's name} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
