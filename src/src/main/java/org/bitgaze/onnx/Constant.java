package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A tensor that is known when the network is compiled.
 *
 * @param type ONNX's number of the element type
 * @param shape sizes, outermost first; empty for a scalar
 * @param data the elements, integers and float32 alike exact
 */
record Constant(int type, int[] shape, double[] data) {
  static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  static final int INT64 = TensorProto.DataType.INT64_VALUE;

  /** Reads a tensor of a file. */
  static Constant of(TensorProto t) {
    String name = "tensor '" + Quoted.of(t.getName()) + "' ";
    if (t.getDataLocation() == TensorProto.DataLocation.EXTERNAL || t.getExternalDataCount() > 0) {
      throw new IllegalArgumentException(
          name + "is kept in another file, which is not read: save the model as one file");
    }
    int[] shape = new int[t.getDimsCount()];
    long size = 1;
    for (int i = 0; i < shape.length; i++) {
      long d = t.getDims(i);
      if (d < 0 || d > Integer.MAX_VALUE || (size *= d) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(name + "cannot have the shape " + t.getDimsList());
      }
      shape[i] = (int) d;
    }
    int type = t.getDataType();
    int width =
        switch (type) {
          case 1, 6 -> 4;
          case 2, 3, 9 -> 1;
          case 4, 5 -> 2;
          case 7, 11 -> 8;
          default -> throw new IllegalArgumentException(name + "has the unknown type " + type);
        };
    boolean raw = t.hasRawData();
    long found =
        raw
            ? t.getRawData().size()
            : switch (type) {
              case 1 -> t.getFloatDataCount();
              case 7 -> t.getInt64DataCount();
              case 11 -> t.getDoubleDataCount();
              default -> t.getInt32DataCount();
            };
    long expected = raw ? size * width : size;
    if (found != expected) {
      throw new IllegalArgumentException(
          name
              + "of shape "
              + Arrays.toString(shape)
              + " needs "
              + expected
              + (raw ? " bytes" : " elements")
              + ", but brings "
              + found);
    }
    ByteBuffer b = t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] data = new double[(int) size];
    for (int i = 0; i < data.length; i++) {
      data[i] =
          switch (type) {
            case 1 -> raw ? b.getFloat() : t.getFloatData(i);
            case 7 -> raw ? b.getLong() : t.getInt64Data(i);
            case 11 -> raw ? b.getDouble() : t.getDoubleData(i);
            case 6 -> raw ? b.getInt() : t.getInt32Data(i);
            case 2 -> (raw ? b.get() : t.getInt32Data(i)) & 0xff;
            case 4 -> (raw ? b.getShort() : t.getInt32Data(i)) & 0xffff;
            case 5 -> raw ? b.getShort() : t.getInt32Data(i);
            default -> raw ? b.get() : t.getInt32Data(i);
          };
    }
    return new Constant(type, shape, data);
  }

  /** A vector of integers. */
  static Constant integers(int... values) {
    return new Constant(
        INT64, new int[] {values.length}, Arrays.stream(values).asDoubleStream().toArray());
  }

  boolean isFloat() {
    return type == FLOAT || type == 11;
  }

  /** Elements as integers. */
  int[] ints() {
    return Arrays.stream(data)
        .mapToInt(d -> (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, d)))
        .toArray();
  }

  float[] floats() {
    float[] out = new float[data.length];
    IntStream.range(0, out.length).forEach(i -> out[i] = (float) data[i]);
    return out;
  }

  /** The only element. */
  double scalar(String what) {
    if (data.length != 1) {
      throw new IllegalArgumentException(
          what + " has the shape " + Arrays.toString(shape) + " where one number is expected");
    }
    return data[0];
  }
}
