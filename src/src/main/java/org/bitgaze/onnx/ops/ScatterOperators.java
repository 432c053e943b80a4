package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Assignments to a part of a tensor. The part is a box: a range of indices along each dimension, so
 * that the result is put together from slices.
 */
final class ScatterOperators {
  static final List<Operator> ALL =
      List.of(Operator.of("ScatterND", 3, 3, Set.of("reduction"), ScatterOperators::scatter));

  private ScatterOperators() {}

  private static void scatter(OnnxNode n) {
    String reduction = n.attributes().text("reduction", "none");
    if (!reduction.equals("none")) {
      throw Attributes.unsupported("reduction", reduction);
    }
    ConstantTensor indices = n.constant(1);
    Activation data = tensor(n, 0);
    Activation updates = tensor(n, 2);
    int[] shape = data.shape();
    int[][] box = box(indices, shape);
    int[] sizes = IntStream.range(0, shape.length).map(d -> box[1][d] - box[0][d]).toArray();
    if (ConstantTensor.size(updates.shape()) != ConstantTensor.size(sizes)) {
      throw new IllegalArgumentException(
          "has updates of %s for a part of %s"
              .formatted(Arrays.toString(updates.shape()), Arrays.toString(sizes)));
    }
    boolean batch = shape.length > 0 && shape[0] == 1;
    Activation all = n.graph().plain(n.graph().batchAt(data, batch ? 0 : -1));
    int first = batch ? 1 : 0;
    List<Integer> stored = Arrays.stream(sizes).skip(first).boxed().toList();
    Activation part = n.graph().reshaped(ShapeOperators.inOrder(n, updates), stored, all.order());
    // From the last dimension to the first: the slices before and behind the part.
    for (int d = shape.length - 1; d >= first; d--) {
      int axis = all.order()[d];
      List<Activation> row = new ArrayList<>();
      Activation slab = all;
      for (int outer = first; outer < d; outer++) {
        slab = sliced(n, slab, all.order()[outer], box[0][outer], box[1][outer]);
      }
      if (box[0][d] > 0) {
        row.add(sliced(n, slab, axis, 0, box[0][d]));
      }
      row.add(part);
      if (box[1][d] < shape[d]) {
        row.add(sliced(n, slab, axis, box[1][d], shape[d]));
      }
      if (row.size() > 1) {
        part = n.between(".joined" + d, new Cat(axis), row.toArray(Activation[]::new));
      }
    }
    n.define(part);
  }

  private static Activation tensor(OnnxNode n, int input) {
    Activation any = n.activation(n.isActivation(0) ? 0 : 2);
    return n.isConstant(input)
        ? n.graph().constant(n.output(), n.constant(input), any)
        : n.activation(input);
  }

  private static Activation sliced(OnnxNode n, Activation x, int axis, int start, int end) {
    return start == 0 && end == x.stored()[axis]
        ? x
        : n.between(".slice", new Slice(axis, start, end, 1), x);
  }

  /** The first and the end of the indices along each dimension; refuses what is no box. */
  private static int[][] box(ConstantTensor indices, int[] shape) {
    ConstantArrays.Blocks blocks = ConstantArrays.Blocks.of(indices, shape);
    int depth = indices.shape()[indices.rank() - 1];
    int[] strides = ConstantArrays.strides(shape);
    int[] from = shape.clone();
    int[] to = new int[shape.length];
    for (int d = depth; d < shape.length; d++) {
      from[d] = 0;
      to[d] = shape[d];
    }
    for (int start : blocks.starts()) {
      for (int d = 0; d < depth; d++) {
        int at = start / strides[d] % shape[d];
        from[d] = Math.min(from[d], at);
        to[d] = Math.max(to[d], at + 1);
      }
    }
    int next = 0;
    boolean isBox = true;
    for (int start : blocks.starts()) {
      // In a box the blocks come in order of their indices.
      int rest = next++;
      int expected = 0;
      for (int d = depth - 1; d >= 0; d--) {
        int size = Math.max(1, to[d] - from[d]);
        expected += (from[d] + rest % size) * strides[d];
        rest /= size;
      }
      isBox &= expected == start && rest == 0;
    }
    if (!isBox || next == 0) {
      throw new IllegalArgumentException(
          "assigns to elements that are not a range of indices along each dimension");
    }
    return new int[][] {from, to};
  }
}
