package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Script;

/**
 * Fake quantization of each image by its own extremes, with scale and zero point as in {@link
 * Range#affine} and rounding as in {@link FakeQuantize}.
 *
 * @param integers the integers that a value may become
 */
public record DynamicFakeQuantize(Precision.IntegerRange integers) implements Elementwise {
  @Override
  public boolean quantizes() {
    return true;
  }

  @Override
  public String torchScript(Script script) {
    int qmin = integers.qmin();
    int qmax = integers.qmax();
    String x = script.input();
    List<Integer> dimensions = script.dimensions();
    String values = script.let(Script.call("detach", x));
    String min =
        script.let(Script.call("clamp", Script.call("amin", values, dimensions, false), "None", 0));
    String max =
        script.let(Script.call("clamp", Script.call("amax", values, dimensions, false), 0, "None"));
    String step = Script.call("div", Script.call("sub", max, min), (double) (qmax - qmin));
    String scale = script.let(Script.call("clamp", step, (double) Range.EPS, "None"));
    String zeros =
        Script.call("rsub", Script.call("round", Script.call("div", min, scale)), qmin, 1);
    String zero = script.let(Script.call("clamp", zeros, qmin, qmax));
    if (!script.mayOverwrite()) {
      // One scale per image: a per-channel quantization along the batch axis. It rounds the sum of
      // quotient and zero point if that is a float, and the quotient alone if it is an integer.
      String integer = ScalarType.INT32.cast(zero);
      return Script.call("fake_quantize_per_channel_affine", x, scale, integer, 0, qmin, qmax);
    }
    String perImage = "[-1" + ", 1".repeat(dimensions.size()) + "]";
    String scales = script.let(Script.call("view", scale, perImage));
    String offsets = script.let(Script.call("view", zero, perImage));
    String steps = Script.call("round_", Script.call("mul_", x, Script.call("reciprocal", scales)));
    String clamped = Script.call("clamp_", Script.call("add_", steps, offsets), qmin, qmax);
    return Script.call("mul_", Script.call("sub_", clamped, offsets), scales);
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
