package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** What a tensor's elements are: ONNX's number, and how they are stored. */
enum ElementType {
  FLOAT(1, 32, true),
  UINT8(2, 8, false),
  INT8(3, 8, false),
  UINT16(4, 16, false),
  INT16(5, 16, false),
  INT32(6, 32, false),
  INT64(7, 64, false),
  BOOL(9, 8, false),
  FLOAT16(10, 16, true),
  DOUBLE(11, 64, true),
  BFLOAT16(16, 16, true),
  UINT4(21, 4, false),
  INT4(22, 4, false);

  private final int code;
  private final int bits;
  private final boolean real;

  ElementType(int code, int bits, boolean real) {
    this.code = code;
    this.bits = bits;
    this.real = real;
  }

  /** ONNX's number of the type. */
  int code() {
    return code;
  }

  /** Whether elements are floating-point numbers. */
  boolean isReal() {
    return real;
  }

  /** Whether integers start at 0. */
  boolean isUnsigned() {
    return this == UINT4 || this == UINT8 || this == UINT16;
  }

  /** Bits of an element. */
  int bits() {
    return bits;
  }

  /** Bytes of so many elements. */
  long bytes(long elements) {
    return (elements * bits + 7) / 8;
  }

  /**
   * Finds a type.
   *
   * @throws IllegalArgumentException if it is none that is read
   */
  static ElementType of(int code) {
    return Arrays.stream(values())
        .filter(t -> t.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("has elements of ONNX's type " + code));
  }

  /** Reads elements as they lie in memory, little-endian. */
  IntToDoubleFunction raw(ByteBuffer b) {
    return switch (this) {
      case FLOAT -> new StoredFloats(b);
      case DOUBLE -> i -> b.getDouble(8 * i);
      case INT64 -> i -> b.getLong(8 * i);
      case INT32 -> i -> b.getInt(4 * i);
      case INT16 -> i -> b.getShort(2 * i);
      case UINT16 -> i -> b.getShort(2 * i) & 0xffff;
      case INT8 -> i -> b.get(i);
      case UINT8, BOOL -> i -> b.get(i) & 0xff;
      case FLOAT16 -> i -> half(b.getShort(2 * i));
      case BFLOAT16 -> i -> Float.intBitsToFloat(b.getShort(2 * i) << 16);
      case UINT4, INT4 -> i -> nibble(b.get(i / 2), i);
    };
  }

  /** How many entries a protobuf list needs. */
  int listed(int elements) {
    return bits == 4 ? (elements + 1) / 2 : elements;
  }

  /** How many entries there are in the protobuf list that holds this type. */
  int listed(TensorProto t) {
    return switch (this) {
      case FLOAT -> t.getFloatDataCount();
      case DOUBLE -> t.getDoubleDataCount();
      case INT64 -> t.getInt64DataCount();
      default -> t.getInt32DataCount();
    };
  }

  /** Reads elements of the protobuf list that holds this type. */
  IntToDoubleFunction list(TensorProto t) {
    return switch (this) {
      case FLOAT -> t::getFloatData;
      case DOUBLE -> t::getDoubleData;
      case INT64 -> t::getInt64Data;
      case INT32 -> t::getInt32Data;
      case INT16 -> i -> (short) t.getInt32Data(i);
      case UINT16 -> i -> t.getInt32Data(i) & 0xffff;
      case INT8 -> i -> (byte) t.getInt32Data(i);
      case UINT8, BOOL -> i -> t.getInt32Data(i) & 0xff;
      case FLOAT16 -> i -> half((short) t.getInt32Data(i));
      case BFLOAT16 -> i -> Float.intBitsToFloat(t.getInt32Data(i) << 16);
      case UINT4, INT4 -> i -> nibble(t.getInt32Data(i / 2), i);
    };
  }

  /** Two to a byte, the lower bits first. */
  private int nibble(int pair, int index) {
    int four = pair >> (index % 2 * 4) & 0xf;
    return this == INT4 && four > 7 ? four - 16 : four;
  }

  /** IEEE 754's binary16. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double value =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> (1024 + fraction) * Math.pow(2, exponent - 25);
        };
    return bits < 0 ? -value : value;
  }
}
