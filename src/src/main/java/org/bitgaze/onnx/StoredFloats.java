package org.bitgaze.onnx;

import java.nio.ByteBuffer;
import java.util.function.IntToDoubleFunction;

/**
 * Elements that lie in a file as float32.
 *
 * @param bytes little-endian, from the first element's on
 */
record StoredFloats(ByteBuffer bytes) implements IntToDoubleFunction {
  @Override
  public double applyAsDouble(int i) {
    return bytes.getFloat(Float.BYTES * i);
  }
}
