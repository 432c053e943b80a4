package org.bitgaze.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The element types of which float32 tensors are made. */
public enum Dtype {
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32; read, never written. */
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

  /** Returns the value of this type that is nearest, the even one of two; for F32 and F16. */
  float round(float value) {
    return this == F32 ? value : halfToFloat(floatToHalf(value));
  }

  /** Converts to little-endian elements, rounding as {@link #round} does. */
  byte[] toBytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (this == F32) {
        bytes.putFloat(value);
      } else {
        bytes.putShort(floatToHalf(value));
      }
    }
    return bytes.array();
  }

  /** IEEE 754 binary32 to binary16, half to even (Java has it only from version 20). */
  private static short floatToHalf(float value) {
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int bits = Float.floatToRawIntBits(magnitude) - (112 << 23);
    return (short) (sign | bits + 0xfff + (bits >>> 13 & 1) >>> 13);
  }

  /** IEEE 754 binary16 to binary32 (Java has it only from version 20). */
  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      return Math.copySign(fraction * 0x1p-24f, sign < 0 ? -1f : 1f);
    }
    int wide = exponent == 31 ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
