package org.bitgaze.onnx.file;

import java.nio.ByteBuffer;
import java.util.function.IntToDoubleFunction;

/** Elements that are stored in a file as float32. */
public final class StoredFloats implements IntToDoubleFunction {
  private final ByteBuffer bytes;

  /**
   * Wraps the bytes.
   *
   * @param bytes little-endian, from the first element's on
   */
  public StoredFloats(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** {@return the bytes, little-endian} */
  public ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public double applyAsDouble(int i) {
    return bytes.getFloat(Float.BYTES * i);
  }
}
