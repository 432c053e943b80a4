package org.bitgaze.quant;

import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;

/**
 * Static fake quantization of an activation: (clamp(round(x / scale) + zeroPoint, qmin, qmax) -
 * zeroPoint) * scale, rounding half to even. The gradient is 1 where nothing is clamped, else 0.
 *
 * @param scale step between neighbouring values, positive; in float32, as PyTorch computes it
 * @param zeroPoint the integer that represents 0, in [qmin, qmax]
 * @param integers the integers that a value may become
 */
public record FakeQuantize(float scale, int zeroPoint, Precision.IntegerRange integers)
    implements Elementwise {

  /** Appended to a node's name, to name the node that quantizes its output. */
  public static final String SUFFIX = ".fake_quantize";

  @Override
  public boolean quantizes() {
    return true;
  }

  @Override
  public String torchScript(Script script) {
    String x = script.input();
    int qmin = integers.qmin();
    int qmax = integers.qmax();
    if (!script.mayOverwrite()) {
      return Script.call(
          "fake_quantize_per_tensor_affine", x, (double) scale, zeroPoint, qmin, qmax);
    }
    // Bitwise equal to PyTorch's kernel except for the sign of zeros. Four vectorized passes over
    // cached memory are faster than the kernel, which also writes a mask for the gradient.
    String steps = Script.call("round_", Script.call("mul_", x, (double) (1f / scale)));
    String clamped = Script.call("clamp_", steps, qmin - zeroPoint, qmax - zeroPoint);
    return Script.call("mul_", clamped, (double) scale);
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
