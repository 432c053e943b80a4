package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;

/**
 * Static fake quantization of an activation: (clamp(round(x / scale) + zeroPoint, qmin, qmax) -
 * zeroPoint) * scale, rounding half to even; the gradient passes where nothing is clamped.
 *
 * @param scale step between neighbouring values, positive; in float32, as PyTorch computes it
 * @param zeroPoint the integer that stands for 0, in [qmin, qmax]
 * @param integers the integers that a value may become
 */
public record FakeQuantize(float scale, int zeroPoint, Precision.IntegerRange integers)
    implements Op {

  /** What the name of a node that quantizes adds to the name of the node before it. */
  static final String SUFFIX = ".fake_quantize";

  /** Values in [0, 1): 256 steps from 0, whatever the precision; PyTorch's for a sigmoid. */
  static final FakeQuantize UNIT = new FakeQuantize(0x1p-8f, 0, new Precision.IntegerRange(0, 255));

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
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
    // The same function as PyTorch's kernel to the bit (but for the sign of a zero), as four
    // vectorized passes over memory that is already in the cache; the kernel also writes a mask for
    // the gradient, and takes longer.
    String steps = Script.call("round_", Script.call("mul_", x, (double) (1f / scale)));
    String clamped = Script.call("clamp_", steps, qmin - zeroPoint, qmax - zeroPoint);
    return Script.call("mul_", clamped, (double) scale);
  }

  @Override
  public boolean quantizes() {
    return true;
  }
}
