package org.bitgaze.quant;

import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Script;

/**
 * The identity, which also exposes how many values of all images fall into each bin of a {@link
 * Histogram}, followed by the number of zeros: int64 (2049), under the point's name. The program
 * has an argument {@code spans} (float64, points x 2): the lower end of a point's first bin, and
 * the number of bins per unit.
 *
 * @param point the name of the quantization point
 * @param row the point's row in {@code spans}
 */
public record CountValues(String point, int row) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    String x = script.input();
    String low = "spans[" + row + ", 0]";
    String binsPerUnit = "spans[" + row + ", 1]";
    // One subtraction and one product in float64, so that every machine finds the same bin.
    String bins = script.let(Script.call("sub", ScalarType.FLOAT64.cast(x), low));
    bins = script.let(Script.call("mul_", bins, binsPerUnit));
    bins = script.let(Script.call("clamp_", Script.call("floor_", bins), 0, last()));
    String zero = Script.call("eq", x, 0);
    bins = script.let(Script.call("masked_fill_", bins, zero, Histogram.BINS));
    String flat = Script.call("flatten", ScalarType.INT64.cast(bins));
    int size = Histogram.BINS + 1;
    script.expose(point, script.let(Script.call("bincount", flat, "None", size)));
    return x;
  }

  private static int last() {
    return Histogram.BINS - 1;
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
