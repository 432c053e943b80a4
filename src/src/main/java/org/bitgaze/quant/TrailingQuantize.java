package org.bitgaze.quant;

import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;

/**
 * Fake quantization of a network's own outputs, whose gradient is 1 everywhere, also beyond the
 * range: a clipped score keeps its map.
 *
 * @param values the fake quantization
 */
public record TrailingQuantize(FakeQuantize values) implements Elementwise {
  @Override
  public boolean quantizes() {
    return true;
  }

  @Override
  public String torchScript(Script script) {
    String x = script.input();
    String detached = script.let(Script.call("detach", x));
    Precision.IntegerRange integers = values.integers();
    String quantized =
        Script.call(
            "fake_quantize_per_tensor_affine",
            detached,
            (double) values.scale(),
            values.zeroPoint(),
            integers.qmin(),
            integers.qmax());
    // x - x is exactly 0 and has x's gradient.
    return Script.call("add", Script.call("sub", x, detached), quantized);
  }
}
