package org.bitgaze.network.op;

import java.util.Arrays;
import java.util.List;
import org.bitgaze.weights.Tensor;

/**
 * Product of two inputs of the same rank as matrices over their last two dimensions; all other
 * dimensions are broadcast.
 */
public record MatMul() implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] a = inputs.get(0);
    int[] b = inputs.get(1);
    int rank = a.length;
    if (rank < 2 || b.length != rank || a[rank - 1] != b[rank - 2]) {
      throw new IllegalArgumentException(
          "multiplies matrices of " + Arrays.toString(a) + " and " + Arrays.toString(b));
    }
    int[] outer = Arrays.copyOf(a, rank - 2);
    outer = Broadcast.shape("multiplies matrices of", outer, Arrays.copyOf(b, rank - 2));
    int[] out = Arrays.copyOf(outer, rank);
    out[rank - 2] = a[rank - 2];
    out[rank - 1] = b[rank - 1];
    return out;
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    int[] a = inputs.get(0);
    return Tensor.elements(outputShape(inputs)) * a[a.length - 1];
  }

  @Override
  public String torchScript(Script script) {
    return Script.call("matmul", script.input(), script.inputs().get(1));
  }
}
