package org.bitgaze.network.op;

import java.util.Locale;

/** What a convolution sees outside the image, as PyTorch's {@code padding_mode}. */
public enum PaddingMode {
  /** Zeros. */
  ZEROS,
  /** The image mirrored at the centre of its outermost pixels. */
  REFLECT,
  /** The outermost pixels repeated. */
  REPLICATE,
  /** The image again, from its other side. */
  CIRCULAR;

  /** Returns PyTorch's name. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
