package org.bitgaze.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The element types of which float32 tensors are made. */
enum Dtype {
  F32(4),
  F16(2),
  BF16(2);

  private final int width;

  Dtype(int width) {
    this.width = width;
  }

  int width() {
    return width;
  }

  /** The dtype by safetensors' name, or null if it is none that holds weights. */
  static Dtype ofSafetensors(String name) {
    return switch (name) {
      case "F32" -> F32;
      case "F16" -> F16;
      case "BF16" -> BF16;
      default -> null;
    };
  }

  /** The dtype by PyTorch's name of the storage class, or null if it is none that holds weights. */
  static Dtype ofStorage(String type) {
    return switch (type) {
      case "FloatStorage" -> F32;
      case "HalfStorage" -> F16;
      case "BFloat16Storage" -> BF16;
      default -> null;
    };
  }

  /** Bytes per element of any of PyTorch's storage classes. */
  static int widthOfStorage(String type) {
    return switch (type) {
      case "DoubleStorage", "LongStorage" -> 8;
      case "FloatStorage", "IntStorage" -> 4;
      case "HalfStorage", "BFloat16Storage", "ShortStorage" -> 2;
      default -> 1;
    };
  }

  /** Bytes per element of any of safetensors' dtypes, or 0 if the dtype is unknown. */
  static int widthOfSafetensors(String name) {
    return switch (name) {
      case "F64", "I64", "U64" -> 8;
      case "F32", "I32", "U32" -> 4;
      case "F16", "BF16", "I16", "U16" -> 2;
      case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
      default -> 0;
    };
  }

  /** Converts little-endian elements, exactly. */
  float[] toFloats(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    float[] out = new float[bytes.remaining() / width];
    if (this == F32) {
      bytes.asFloatBuffer().get(out);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      short bits = bytes.getShort();
      out[i] = this == BF16 ? Float.intBitsToFloat(bits << 16) : halfToFloat(bits);
    }
    return out;
  }

  /** IEEE 754 binary16 to binary32 (Java has it only from version 20). */
  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      return (sign < 0 ? -1 : 1) * fraction * 0x1p-24f;
    }
    int wide = exponent == 31 ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
