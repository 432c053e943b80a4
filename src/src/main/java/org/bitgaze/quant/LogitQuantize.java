package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;

/**
 * The fake quantization of a network's output, or of what only a flattening separates from it. It
 * also hands out which values lay beyond the range: there the gradient is zero, and the map would
 * vanish.
 *
 * @param values what becomes of a value
 * @param strict whether the gradient is masked there; else it passes everywhere
 */
public record LogitQuantize(FakeQuantize values, boolean strict) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
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
    String fixed = script.let(Script.call("detach", x));
    String steps = Script.call("round", Script.call("mul", fixed, 1.0 / values.scale()));
    String all = script.let(Script.call("add", steps, values.zeroPoint()));
    String within = Script.call("clamp", all, integers.qmin(), integers.qmax());
    String beyond = Script.call("flatten", Script.call("ne", all, within), 1, -1);
    script.expose("beyond." + fixed, script.let(beyond));
    // x - x is 0 to the bit, but has x's gradient.
    return strict
        ? quantized
        : Script.call("add", Script.call("sub", x, fixed), Script.call("detach", quantized));
  }

  @Override
  public boolean quantizes() {
    return true;
  }
}
