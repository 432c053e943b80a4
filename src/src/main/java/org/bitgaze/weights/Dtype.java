package org.bitgaze.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The element types of tensors in files. Floating-point types of 16 bits or more are read as
 * float32; the others are known by name and size only.
 */
public enum Dtype {
  /** IEEE 754 binary64; rounded to binary32 when it is read. */
  F64("float64", "Double", 8),
  /** IEEE 754 binary32. */
  F32("float32", "Float", 4),
  /** IEEE 754 binary16. */
  F16("float16", "Half", 2),
  /** The upper half of a binary32; read, never written. */
  BF16("bfloat16", "BFloat16", 2),
  /** Eight bits, four of them exponent; no infinities. */
  F8_E4M3("float8_e4m3fn", "", 1),
  /** The same without a negative zero. */
  F8_E4M3FNUZ("float8_e4m3fnuz", "", 1),
  /** Eight bits, five of them exponent. */
  F8_E5M2("float8_e5m2", "", 1),
  /** The same without infinities and a negative zero. */
  F8_E5M2FNUZ("float8_e5m2fnuz", "", 1),
  /** A power of two, of eight bits. */
  F8_E8M0("float8_e8m0fnu", "", 1),
  /** Two 4-bit floating-point numbers in a byte. */
  F4X2("float4_e2m1fn_x2", "", 1),
  /** Two binary64. */
  C128("complex128", "ComplexDouble", 16),
  /** Two binary32. */
  C64("complex64", "ComplexFloat", 8),
  /** A 64-bit integer. */
  I64("int64", "Long", 8),
  /** A 32-bit integer. */
  I32("int32", "Int", 4),
  /** A 16-bit integer. */
  I16("int16", "Short", 2),
  /** An 8-bit integer. */
  I8("int8", "Char", 1),
  /** An unsigned 64-bit integer. */
  U64("uint64", "", 8),
  /** An unsigned 32-bit integer. */
  U32("uint32", "", 4),
  /** An unsigned 16-bit integer. */
  U16("uint16", "", 2),
  /** An unsigned 8-bit integer. */
  U8("uint8", "Byte", 1),
  /** A truth value in a byte. */
  BOOL("bool", "Bool", 1),
  /** A quantized 8-bit integer. */
  Q8("qint8", "QInt8", 1),
  /** A quantized unsigned 8-bit integer. */
  QU8("quint8", "QUInt8", 1),
  /** A quantized 32-bit integer. */
  Q32("qint32", "QInt32", 4),
  /** Two quantized 4-bit integers in a byte. */
  QU4("quint4x2", "QUInt4x2", 1),
  /** Four quantized 2-bit integers in a byte. */
  QU2("quint2x4", "QUInt2x4", 1);

  private final String id;
  private final String storage;
  private final int width;

  Dtype(String id, String storage, int width) {
    this.id = id;
    this.storage = storage;
    this.width = width;
  }

  /** {@return PyTorch's name, such as {@code float16}} */
  String id() {
    return id;
  }

  /** {@return bytes per element} */
  int width() {
    return width;
  }

  /** {@return whether {@link #toFloats} knows the type} */
  boolean isReadable() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** {@return what to say of a tensor that cannot be read for its type} */
  static String unreadable(String name) {
    return "has elements of type " + name + "; expected float32, float16, bfloat16 or float64";
  }

  /** Finds a type by safetensors' name, which is the constant's. */
  static Optional<Dtype> ofSafetensors(String name) {
    return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
  }

  /** Finds a type by PyTorch's name. */
  static Optional<Dtype> ofId(String id) {
    return Arrays.stream(values()).filter(d -> d.id.equals(id)).findFirst();
  }

  /** {@return PyTorch's name of its storages' class, such as {@code HalfStorage}, if it has one} */
  Optional<String> storageClass() {
    return storage.isEmpty() ? Optional.empty() : Optional.of(storage + "Storage");
  }

  /** Converts little-endian elements: to the nearest float32 from float64, exactly from others. */
  float[] toFloats(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    float[] out = new float[bytes.remaining() / width];
    if (this == F32) {
      bytes.asFloatBuffer().get(out);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] =
          switch (this) {
            case F64 -> (float) bytes.getDouble();
            case F16 -> halfToFloat(bytes.getShort());
            case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            default -> throw new IllegalStateException(id + " is not read as float32");
          };
    }
    return out;
  }

  /** {@return the nearest value of this type, the even one of two; for F32 and F16} */
  float round(float value) {
    return this == F32 ? value : halfToFloat(floatToHalf(value));
  }

  /** Converts to little-endian F32 or F16, rounding as {@link #round} does. */
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
