package org.bitgaze.quant;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bits weights and activations get: {@code f32} (untouched) or {@code int2} to {@code
 * int16}, with {@code -per-channel} for one weight scale per output channel. {@code f32b} is {@code
 * f32} with other random numbers: where a network drops at random, the difference of the two is the
 * noise that a difference of precisions must exceed. A precision's name chooses the random numbers.
 *
 * @param bits bits of an integer, 2 to 16; 32 for floating point
 * @param perChannel whether each output channel's weights have a scale of their own
 * @param secondDraw whether this is {@code f32b}
 */
public record Precision(int bits, boolean perChannel, boolean secondDraw) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Checks the number of bits.
   *
   * @throws IllegalArgumentException if it is neither 2 to 16 nor 32, or floating point is to have
   *     scales, or an integer a second draw
   */
  public Precision {
    boolean isFloat = bits == 32 && !perChannel;
    if (!isFloat && (bits < 2 || bits > 16 || secondDraw)) {
      throw new IllegalArgumentException("no precision has " + bits + " bits");
    }
  }

  /** Single-precision floating point: nothing is quantized. */
  public static final Precision F32 = new Precision(32, false, false);

  /** {@link #F32} with other random numbers. */
  public static final Precision F32B = new Precision(32, false, true);

  private static final Pattern NAME = Pattern.compile("int([1-9][0-9]?)(-per-channel)?");

  /**
   * Parses a name.
   *
   * @param name such as {@code f32}, {@code f32b}, {@code int8}, {@code int4-per-channel}
   * @return the precision
   * @throws IllegalArgumentException if it is none, saying what is allowed
   */
  public static Precision of(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown precision '"
                        + name
                        + "'; known: f32, f32b, int2 to int16, each with -per-channel"));
  }

  /**
   * Finds a precision by its name.
   *
   * @param name of a precision, or of a candidate or {@link Configuration} that has one of its own
   * @return the precision, if it is one's
   */
  public static Optional<Precision> find(String name) {
    for (Precision untouched : List.of(F32, F32B)) {
      if (name.equals(untouched.toString())) {
        return Optional.of(untouched);
      }
    }
    Matcher m = NAME.matcher(name);
    if (m.matches()) {
      int bits = Integer.parseInt(m.group(1));
      if (bits >= 2 && bits <= 16) {
        return Optional.of(new Precision(bits, m.group(2) != null, false));
      }
    }
    return Optional.empty();
  }

  /**
   * Tells whether a map is the model's own at full precision.
   *
   * @param label a precision's name, or that of a candidate or {@link Configuration}
   * @return false for what is compared with full precision: integers and candidates
   */
  public static boolean isFloat(String label) {
    return find(label).filter(Precision::isFloat).isPresent();
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

  /**
   * Returns the quantization of activations with a bit less: unsigned in a byte, signed in two, as
   * PyTorch's types are. (Where the integers begin changes no value.)
   *
   * @return [0, 2^(bits-1) - 1] up to 8 bits, [-2^(bits-2), 2^(bits-2) - 1] above
   * @throws IllegalStateException for floating point
   */
  public IntegerRange reducedActivations() {
    requireInteger();
    int half = bits > 8 ? 1 << (bits - 2) : 0;
    return new IntegerRange(-half, (1 << (bits - 1)) - 1 - half);
  }

  private void requireInteger() {
    if (isFloat()) {
      throw new IllegalStateException("floating point is not quantized");
    }
  }

  /** Returns the name that {@link #of} parses. */
  @Override
  public String toString() {
    if (isFloat()) {
      return secondDraw ? "f32b" : "f32";
    }
    return "int" + bits + (perChannel ? "-per-channel" : "");
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
