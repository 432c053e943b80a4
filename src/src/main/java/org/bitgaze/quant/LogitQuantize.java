package org.bitgaze.quant;

import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;

/**
 * Fake quantization of a network's logits. It also exposes which values are outside the range:
 * their gradient is zero, so that the map of such a class vanishes.
 *
 * @param values the fake quantization
 * @param strict whether the gradient is zero outside the range; if not, it is 1 everywhere
 */
public record LogitQuantize(FakeQuantize values, boolean strict) implements Elementwise {
  @Override
  public boolean quantizes() {
    return true;
  }

  @Override
  public String torchScript(Script script) {
    String x = script.input();
    Precision.IntegerRange integers = values.integers();
    String quantized =
        script.let(
            Script.call(
                "fake_quantize_per_tensor_affine",
                x,
                (double) values.scale(),
                values.zeroPoint(),
                integers.qmin(),
                integers.qmax()));
    String detached = script.let(Script.call("detach", x));
    String steps = Script.call("round", Script.call("mul", detached, 1.0 / values.scale()));
    String rounded = script.let(Script.call("add", steps, values.zeroPoint()));
    String clamped = Script.call("clamp", rounded, integers.qmin(), integers.qmax());
    String beyond = Script.call("flatten", Script.call("ne", rounded, clamped), 1, -1);
    script.expose("beyond." + detached, script.let(beyond));
    // x - x is exactly 0 and has x's gradient.
    return strict
        ? quantized
        : Script.call("add", Script.call("sub", x, detached), Script.call("detach", quantized));
  }
}
