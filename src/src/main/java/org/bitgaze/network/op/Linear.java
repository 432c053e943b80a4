package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.weights.Tensor;

/**
 * Fully connected layer with a bias, over the last dimension.
 *
 * @param in input features
 * @param out output features
 */
public record Linear(int in, int out) implements Op {
  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> p = new LinkedHashMap<>();
    p.put("weight", new int[] {out, in});
    p.put("bias", new int[] {out});
    return p;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] shape = requireFeatures(inputs.get(0), in).clone();
    shape[shape.length - 1] = out;
    return shape;
  }

  /** Returns a shape; checks the size of its last dimension. */
  static int[] requireFeatures(int[] x, int features) {
    if (x.length == 0 || x[x.length - 1] != features) {
      throw new IllegalArgumentException(
          "takes (..., " + features + ") features, but gets " + Arrays.toString(x));
    }
    return x;
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    return Tensor.elements(inputs.get(0)) * out;
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "linear", script.input(), script.parameter("weight"), script.parameter("bias"));
  }

  @Override
  public Set<String> weights() {
    return Set.of("weight");
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    IntegerScript.Packing packing =
        new IntegerScript.Packing("LinearPackedParamsBase", "linear_prepack", List.of());
    return Optional.of(script.kernel("linear", script.inputs().get(0), script.packed(packing)));
  }
}
