package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Concatenation of any number of inputs along one dimension.
 *
 * @param axis the dimension, from 1; 0 is the batch
 */
public record Cat(int axis) implements Op {
  /** Creates a concatenation along the channels of images. */
  public Cat() {
    this(1);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] out = inputs.get(0).clone();
    int i = Axis.index(axis, out);
    for (int[] next : inputs.subList(1, inputs.size())) {
      int[] rest = next.clone();
      if (rest.length == out.length) {
        rest[i] = out[i];
      }
      if (!Arrays.equals(rest, out)) {
        throw new IllegalArgumentException(
            "concatenates " + Arrays.toString(out) + " and " + Arrays.toString(next));
      }
      out[i] += next[i];
    }
    return out;
  }

  @Override
  public String torchScript(Script script) {
    return isAlias(script.inputs().size())
        ? script.input()
        : Script.call("cat", "[" + String.join(", ", script.inputs()) + "]", axis);
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return Optional.of(script.kernel("cat", script.inputs(), axis));
  }

  @Override
  public boolean isAlias(int inputs) {
    return inputs == 1;
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return inputs;
  }
}
