package org.bitgaze.network.op;

import java.util.ArrayList;
import java.util.List;

/**
 * Reduces dimensions to one value.
 *
 * @param kind the value
 * @param axes the dimensions, from 1; 0 is the batch
 * @param keepDims whether the dimensions stay, with size 1
 */
public record Reduce(Kind kind, List<Integer> axes, boolean keepDims) implements Op {

  /** What dimensions are reduced to. */
  public enum Kind {
    /** The mean. */
    MEAN,
    /** The sum. */
    SUM,
    /** The maximum. */
    MAX,
    /** The square root of the sum of squares. */
    L2
  }

  /**
   * Copies the axes.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Reduce {
    axes = List.copyOf(axes);
    if (axes.isEmpty()) {
      throw new IllegalArgumentException("reduces no axes");
    }
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] x = inputs.get(0);
    axes.forEach(axis -> Axis.index(axis, x));
    List<Integer> out = new ArrayList<>();
    for (int axis = 1; axis <= x.length; axis++) {
      if (!axes.contains(axis)) {
        out.add(x[axis - 1]);
      } else if (keepDims) {
        out.add(1);
      }
    }
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String torchScript(Script script) {
    String x = script.input();
    return switch (kind) {
      case MEAN -> Script.call("mean", x, axes, keepDims);
      case SUM -> Script.call("sum", x, axes, keepDims);
      case MAX -> Script.call("amax", x, axes, keepDims);
      case L2 -> Script.call("norm", x, 2, axes, keepDims);
    };
  }
}
