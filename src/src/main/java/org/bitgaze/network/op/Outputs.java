package org.bitgaze.network.op;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.weights.Tensor;

/**
 * The last node of a network whose outputs are not the scores of classes: all outputs as one row of
 * numbers for each image.
 *
 * @param sizes numbers of each input for one image
 */
public record Outputs(List<Integer> sizes) implements Op {
  /** Copies the list. */
  public Outputs {
    sizes = List.copyOf(sizes);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    for (int i = 0; i < sizes.size(); i++) {
      if (Tensor.elements(inputs.get(i)) != sizes.get(i)) {
        throw new IllegalArgumentException(
            "takes "
                + Tensor.elements(inputs.get(i))
                + " numbers of an image, but expects "
                + sizes.get(i));
      }
    }
    return new int[] {sizes.stream().mapToInt(Integer::intValue).sum()};
  }

  @Override
  public String torchScript(Script script) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      rows.add(Script.call("reshape", script.inputs().get(i), "[-1, " + sizes.get(i) + "]"));
    }
    return rows.size() == 1
        ? rows.get(0)
        : Script.call("cat", "[" + String.join(", ", rows) + "]", 1);
  }

  @Override
  public boolean isAlias(int inputs) {
    return inputs == 1;
  }
}
