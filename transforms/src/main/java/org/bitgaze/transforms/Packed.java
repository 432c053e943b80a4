package org.bitgaze.transforms;

import java.io.Serializable;
import org.apache.beam.sdk.util.SerializableUtils;

/**
 * What a step is made of, as bytes. The direct runner serializes each step four times for each
 * bundle; of a model's ranges, or of functions, that takes milliseconds, of bytes next to nothing.
 *
 * @param <T> what is packed
 */
final class Packed<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;
  private final byte[] bytes;

  private Packed(byte[] bytes) {
    this.bytes = bytes;
  }

  static <T extends Serializable> Packed<T> of(T value) {
    return new Packed<>(SerializableUtils.serializeToByteArray(value));
  }

  /** A copy of what was packed, for a worker that sets up. */
  @SuppressWarnings("unchecked")
  T open() {
    return (T) SerializableUtils.deserializeFromByteArray(bytes, "a step");
  }
}
