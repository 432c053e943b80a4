package org.bitgaze.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads a file's tensors; all sizes are checked against the bytes that are there. */
public final class Tensors {
  private final ExternalData external;

  /**
   * Prepares the reading.
   *
   * @param external reads tensors that are kept in other files
   */
  public Tensors(ExternalData external) {
    this.external = external;
  }

  /**
   * Reads a tensor. Its elements stay in the file until they are used.
   *
   * @param t the tensor as the file has it
   * @return the constant
   * @throws IllegalArgumentException if it is invalid, naming the tensor
   * @throws IOException if a file beside the model cannot be read
   */
  public ConstantTensor read(TensorProto t) throws IOException {
    try {
      return constant(t);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "tensor '" + Quoted.of(t.getName()) + "' " + e.getMessage(), e);
    }
  }

  private ConstantTensor constant(TensorProto t) throws IOException {
    int[] shape = new int[t.getDimsCount()];
    for (int i = 0; i < shape.length; i++) {
      if (t.getDims(i) < 0 || t.getDims(i) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("cannot have the shape " + t.getDimsList());
      }
      shape[i] = (int) t.getDims(i);
    }
    int size = ConstantTensor.size(shape);
    ElementType type = ElementType.of(t.getDataType());
    boolean outside =
        t.getDataLocation() == TensorProto.DataLocation.EXTERNAL || t.getExternalDataCount() > 0;
    if (outside) {
      return ConstantTensor.stored(type, shape, type.raw(external.read(t, type.bytes(size))));
    }
    if (t.hasRawData()) {
      ByteBuffer raw = t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      require(shape, type.bytes(size), raw.remaining(), " bytes");
      return ConstantTensor.stored(
          type, shape, type.raw(raw.slice().order(ByteOrder.LITTLE_ENDIAN)));
    }
    require(shape, type.listed(size), type.listed(t), " elements");
    return ConstantTensor.stored(type, shape, type.list(t));
  }

  private static void require(int[] shape, long expected, long found, String unit) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "of shape "
              + Arrays.toString(shape)
              + " needs "
              + expected
              + unit
              + ", but has "
              + found);
    }
  }
}
