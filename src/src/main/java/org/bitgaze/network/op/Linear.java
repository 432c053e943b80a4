package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fully connected layer with a bias.
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
    int[] x = inputs.get(0);
    if (x.length != 1 || x[0] != in) {
      throw new IllegalArgumentException(
          "takes (" + in + ") features, but gets " + Arrays.toString(x));
    }
    return new int[] {out};
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    return (long) in * out;
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
