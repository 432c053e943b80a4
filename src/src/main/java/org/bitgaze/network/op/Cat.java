package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Concatenation of any number of inputs along the channels. */
public record Cat() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    for (int[] next : inputs.subList(1, inputs.size())) {
      int[] rest = next.clone();
      rest[0] = out[0];
      if (!Arrays.equals(rest, out)) {
        throw new IllegalArgumentException(
            "concatenates " + Arrays.toString(out) + " and " + Arrays.toString(next));
      }
      out[0] += next[0];
    }
    return out;
  }

  @Override
  public String torchScript(Script script) {
    return isAlias(script.inputs().size())
        ? script.input()
        : Script.call("cat", "[" + String.join(", ", script.inputs()) + "]", 1);
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return Optional.of(script.kernel("cat", script.inputs(), 1));
  }

  @Override
  public boolean isAlias(int inputs) {
    return inputs == 1;
  }
}
