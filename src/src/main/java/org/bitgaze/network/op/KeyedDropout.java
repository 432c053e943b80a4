package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import org.bitgaze.weights.Tensor;

/**
 * Active dropout whose random numbers depend on the image alone, so that the same image loses the
 * same elements in any batch and on any machine. Element i (in the order of channels, rows,
 * columns; from 0) gets u = (z >>> 40) * 2^-24, where z is SplitMix64 (Steele et al. 2014) of s +
 * (i + 1) * 0x9e3779b97f4a7c15 and s the state of the image's stream. It is multiplied by float32(1
 * / (1 - p)) if u >= p, else by 0.
 *
 * @param layer the dropout
 */
public record KeyedDropout(Dropout layer) implements Op {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final long FIRST_MULTIPLIER = 0xbf58476d1ce4e5b9L;
  private static final long SECOND_MULTIPLIER = 0x94d049bb133111ebL;
  private static final double DRAWS = 0x1p24;

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return layer.outputShape(inputs);
  }

  @Override
  public String torchScript(Script script) {
    boolean whole = layer.unit() == Dropout.Unit.IMAGE;
    int[] drawn = script.shape().clone();
    if (whole) {
      Arrays.fill(drawn, 1);
    }
    long elements = Tensor.elements(drawn);
    // PyTorch's integers wrap around as Java's do.
    String state = script.let(Script.call("unsqueeze", script.stream(), 1));
    String numbers =
        script.let(
            Script.call(
                "arange", 1, elements + 1L, 1, "dtype=" + ScalarType.INT64 + ", device=None"));
    String z = script.let(Script.call("add", state, Script.call("mul", numbers, GOLDEN_GAMMA)));
    z = mixed(script, z, 30);
    z = mixed(script, Script.call("mul", z, FIRST_MULTIPLIER), 27);
    z = mixed(script, Script.call("mul", z, SECOND_MULTIPLIER), 31);
    // u >= p, compared as integers, so that nothing is rounded.
    long dropped = (long) Math.ceil(layer.p() * DRAWS);
    String kept = ScalarType.FLOAT32.cast(Script.call("ge", unsignedShift(z, 40), dropped));
    double factor = (float) (1 / (1 - layer.p()));
    String mask = script.let(Script.call("mul", kept, factor));
    String sizes = Script.list(-1, Arrays.stream(drawn).boxed().toList());
    return script.elementwise("mul", script.input(), script.let(Script.call("view", mask, sizes)));
  }

  /** z ^ (z >>> bits). */
  private static String mixed(Script script, String expression, int bits) {
    String z = script.let(expression);
    return script.let(Script.call("bitwise_xor", z, unsignedShift(z, bits)));
  }

  /** PyTorch's shift extends the sign; the mask removes it. */
  private static String unsignedShift(String z, int bits) {
    return Script.call("bitwise_and", Script.call("bitwise_right_shift", z, bits), -1L >>> bits);
  }
}
