package org.bitgaze.onnx;

import java.nio.ByteBuffer;
import java.util.function.IntToDoubleFunction;

/** Elements that lie in a file as float32. */
final class StoredFloats implements IntToDoubleFunction {
  private final ByteBuffer bytes;

  /** Takes little-endian bytes, from the first element's on. */
  StoredFloats(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public double applyAsDouble(int i) {
    return bytes.getFloat(Float.BYTES * i);
  }
}
