package org.bitgaze.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Product of two inputs of as many dimensions; a dimension of size 1 stands for all of the other's.
 */
public record Mul() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    int[] y = inputs.get(1);
    int[] out = x.clone();
    for (int i = 0; i < out.length; i++) {
      if (x.length != y.length || (x[i] != y[i] && x[i] != 1 && y[i] != 1)) {
        throw new IllegalArgumentException(
            "multiplies " + Arrays.toString(x) + " and " + Arrays.toString(y));
      }
      out[i] = Math.max(x[i], y[i]);
    }
    return out;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("mul", script.input(), script.inputs().get(1));
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return Optional.of(script.kernel("mul", script.inputs().get(0), script.inputs().get(1)));
  }

  @Override
  public QuantizationRole quantizationRole() {
    return QuantizationRole.POINT;
  }
}
