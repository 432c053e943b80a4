package org.bitgaze.quant;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bits weights and activations get: {@code f32} (untouched) or {@code int2} to {@code
 * int16}, with {@code -per-channel} for one weight scale per output channel.
 *
 * @param bits bits of an integer, 2 to 16; 32 for floating point
 * @param perChannel whether each output channel's weights have a scale of their own
 */
public record Precision(int bits, boolean perChannel) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Checks the number of bits.
   *
   * @throws IllegalArgumentException if it is neither 2 to 16 nor 32, or floating point is to have
   *     scales
   */
  public Precision {
    if ((bits < 2 || bits > 16) && (bits != 32 || perChannel)) {
      throw new IllegalArgumentException("no precision has " + bits + " bits");
    }
  }

  /** Single-precision floating point: nothing is quantized. */
  public static final Precision F32 = new Precision(32, false);

  private static final Pattern NAME = Pattern.compile("int([1-9][0-9]?)(-per-channel)?");

  /**
   * Parses a name.
   *
   * @param name such as {@code f32}, {@code int8}, {@code int4-per-channel}
   * @return the precision
   * @throws IllegalArgumentException if it is none, saying what is allowed
   */
  public static Precision of(String name) {
    if (name.equals("f32")) {
      return F32;
    }
    Matcher m = NAME.matcher(name);
    if (m.matches()) {
      int bits = Integer.parseInt(m.group(1));
      if (bits >= 2 && bits <= 16) {
        return new Precision(bits, m.group(2) != null);
      }
    }
    throw new IllegalArgumentException(
        "unknown precision '" + name + "'; known: f32, int2 to int16, each with -per-channel");
  }

  /**
   * Tells whether this is floating point.
   *
   * @return whether nothing is quantized
   */
  public boolean isFloat() {
    return bits == 32;
  }

  /**
   * Returns the quantization of weights: symmetric around zero.
   *
   * @return [-2^(bits-1), 2^(bits-1) - 1]
   * @throws IllegalStateException for floating point
   */
  public IntegerRange weights() {
    requireInteger();
    return new IntegerRange(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  }

  /**
   * Returns the quantization of activations: unsigned.
   *
   * @return [0, 2^bits - 1]
   * @throws IllegalStateException for floating point
   */
  public IntegerRange activations() {
    requireInteger();
    return new IntegerRange(0, (1 << bits) - 1);
  }

  private void requireInteger() {
    if (isFloat()) {
      throw new IllegalStateException("floating point is not quantized");
    }
  }

  /** Returns the name that {@link #of} parses. */
  @Override
  public String toString() {
    return isFloat() ? "f32" : "int" + bits + (perChannel ? "-per-channel" : "");
  }

  /**
   * The integers that a value may become.
   *
   * @param qmin the smallest
   * @param qmax the largest
   */
  public record IntegerRange(int qmin, int qmax) implements Serializable {
    private static final long serialVersionUID = 1L;
  }
}
