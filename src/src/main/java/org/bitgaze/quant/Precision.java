package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The precision of weights and activations: {@code f32} (not quantized) or {@code int2} to {@code
 * int16}, with {@code -per-channel} for one weight scale per output channel. A precision's name
 * seeds dropout. {@code f32b} is {@code f32} with another seed: with dropout, the difference
 * between the two is the noise that a difference between precisions must exceed.
 *
 * @param bits bits of an integer, 2 to 16; 32 for floating point
 * @param perChannel whether each output channel of the weights has its own scale
 * @param secondDraw whether this is {@code f32b}
 */
public record Precision(int bits, boolean perChannel, boolean secondDraw) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Checks the number of bits.
   *
   * @throws IllegalArgumentException if it is neither 2 to 16 nor 32, or if floating point is per
   *     channel, or an integer precision a second draw
   */
  public Precision {
    boolean isFloat = bits == 32 && !perChannel;
    if (!isFloat && (bits < 2 || bits > 16 || secondDraw)) {
      throw new IllegalArgumentException("no precision has " + bits + " bits");
    }
  }

  /** Single-precision floating point: nothing is quantized. */
  public static final Precision F32 = new Precision(32, false, false);

  /** {@link #F32} with another seed for dropout. */
  public static final Precision F32B = new Precision(32, false, true);

  private static final Pattern NAME = Pattern.compile("int([1-9][0-9]?)(-per-channel)?");

  /**
   * Parses a name.
   *
   * @param name a name such as {@code f32}, {@code f32b}, {@code int8}, {@code int4-per-channel}
   * @return the precision
   * @throws IllegalArgumentException if there is no such precision, listing the names
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
   * Finds a precision by name.
   *
   * @param name the name of a precision, candidate or {@link Configuration}
   * @return the precision; empty if the name is another thing's
   */
  public static Optional<Precision> find(String name) {
    if (name.equals("f32") || name.equals("f32b")) {
      return Optional.of(name.equals("f32") ? F32 : F32B);
    }
    Matcher m = NAME.matcher(name);
    int bits = m.matches() ? Integer.parseInt(m.group(1)) : 0;
    return bits >= 2 && bits <= 16
        ? Optional.of(new Precision(bits, m.group(2) != null, false))
        : Optional.empty();
  }

  /**
   * Tells whether a label is that of the model in floating point.
   *
   * @param label the name of a precision, candidate or {@link Configuration}
   * @return false for everything that is compared with floating point: integers and candidates
   */
  public static boolean isFloat(String label) {
    return find(label).filter(Precision::isFloat).isPresent();
  }

  /** {@return whether this is floating point} */
  public boolean isFloat() {
    return bits == 32;
  }

  /**
   * Returns the integers of weights, which are quantized symmetrically around zero.
   *
   * @return [-2^(bits-1), 2^(bits-1) - 1]
   * @throws IllegalStateException for floating point
   */
  public IntegerRange weights() {
    requireInteger();
    return new IntegerRange(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  }

  /**
   * Returns the integers of activations, which are unsigned.
   *
   * @return [0, 2^bits - 1]
   * @throws IllegalStateException for floating point
   */
  public IntegerRange activations() {
    requireInteger();
    return new IntegerRange(0, (1 << bits) - 1);
  }

  /**
   * Returns the integers of activations with one bit less: unsigned up to 8 bits, signed above, as
   * PyTorch's types. The offset changes no fake-quantized value.
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

  /** {@return the name that {@link #of} parses} */
  @Override
  public String toString() {
    String integer = "int" + bits + (perChannel ? "-per-channel" : "");
    return isFloat() ? (secondDraw ? "f32b" : "f32") : integer;
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
