package org.bitgaze.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** The type of a tensor's elements: ONNX's number for it, and how elements are stored. */
public enum ElementType {
  /** Float32. */
  FLOAT(1, 32, true),
  /** 8 bits, unsigned. */
  UINT8(2, 8, false),
  /** 8 bits, signed. */
  INT8(3, 8, false),
  /** 16 bits, unsigned. */
  UINT16(4, 16, false),
  /** 16 bits, signed. */
  INT16(5, 16, false),
  /** 32 bits, signed. */
  INT32(6, 32, false),
  /** 64 bits, signed. */
  INT64(7, 64, false),
  /** 32 bits, unsigned. */
  UINT32(12, 32, false),
  /** 64 bits; values above 2^63 - 1 do not occur. */
  UINT64(13, 64, false),
  /** 0 or 1. */
  BOOL(9, 8, false),
  /** IEEE 754 binary16. */
  FLOAT16(10, 16, true),
  /** Float64. */
  DOUBLE(11, 64, true),
  /** The upper half of a float32. */
  BFLOAT16(16, 16, true),
  /** 4 bits, unsigned, two per byte. */
  UINT4(21, 4, false),
  /** 4 bits, signed, two per byte. */
  INT4(22, 4, false);

  private static final Map<Integer, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry(0, "UNDEFINED"),
          Map.entry(8, "STRING"),
          Map.entry(14, "COMPLEX64"),
          Map.entry(15, "COMPLEX128"),
          Map.entry(17, "FLOAT8E4M3FN (fp8)"),
          Map.entry(18, "FLOAT8E4M3FNUZ (fp8)"),
          Map.entry(19, "FLOAT8E5M2 (fp8)"),
          Map.entry(20, "FLOAT8E5M2FNUZ (fp8)"),
          Map.entry(23, "FLOAT4E2M1 (fp4)"),
          Map.entry(24, "FLOAT8E8M0 (fp8)"),
          Map.entry(25, "UINT2"),
          Map.entry(26, "INT2"));

  private final int code;
  private final int bits;
  private final boolean real;

  ElementType(int code, int bits, boolean real) {
    this.code = code;
    this.bits = bits;
    this.real = real;
  }

  /** {@return ONNX's number of the type} */
  public int code() {
    return code;
  }

  /** {@return whether elements are floating-point numbers} */
  public boolean isReal() {
    return real;
  }

  /** {@return whether elements are integers of 4 to 16 bits that are not negative} */
  public boolean isUnsigned() {
    return this == UINT4 || this == UINT8 || this == UINT16;
  }

  /** {@return the bits of an element} */
  public int bits() {
    return bits;
  }

  /** Bytes that elements take. */
  long bytes(long elements) {
    return (elements * bits + 7) / 8;
  }

  /**
   * Finds a type.
   *
   * @param code ONNX's number
   * @return the type
   * @throws IllegalArgumentException if it is not supported, by name
   */
  public static ElementType of(int code) {
    return Arrays.stream(values())
        .filter(t -> t.code == code)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "has elements of type "
                        + UNSUPPORTED.getOrDefault(code, "number " + code)
                        + ", which is not supported"));
  }

  /** Reads little-endian elements. */
  IntToDoubleFunction raw(ByteBuffer b) {
    return switch (this) {
      case FLOAT -> new StoredFloats(b);
      case DOUBLE -> i -> b.getDouble(8 * i);
      case INT64, UINT64 -> i -> b.getLong(8 * i);
      case INT32 -> i -> b.getInt(4 * i);
      case UINT32 -> i -> b.getInt(4 * i) & 0xffffffffL;
      case INT16 -> i -> b.getShort(2 * i);
      case UINT16 -> i -> b.getShort(2 * i) & 0xffff;
      case INT8 -> i -> b.get(i);
      case UINT8, BOOL -> i -> b.get(i) & 0xff;
      case FLOAT16 -> i -> half(b.getShort(2 * i));
      case BFLOAT16 -> i -> Float.intBitsToFloat(b.getShort(2 * i) << 16);
      case UINT4, INT4 -> i -> nibble(b.get(i / 2), i);
    };
  }

  /** The number of entries that a protobuf list needs. */
  int listed(int elements) {
    return bits == 4 ? (elements + 1) / 2 : elements;
  }

  /** The number of entries in the protobuf list that holds this type. */
  int listed(TensorProto t) {
    return switch (this) {
      case FLOAT -> t.getFloatDataCount();
      case DOUBLE -> t.getDoubleDataCount();
      case INT64 -> t.getInt64DataCount();
      case UINT32, UINT64 -> t.getUint64DataCount();
      default -> t.getInt32DataCount();
    };
  }

  /** Reads elements of the protobuf list that holds this type. */
  IntToDoubleFunction list(TensorProto t) {
    return switch (this) {
      case FLOAT -> t::getFloatData;
      case DOUBLE -> t::getDoubleData;
      case INT64 -> t::getInt64Data;
      case UINT32, UINT64 -> t::getUint64Data;
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
