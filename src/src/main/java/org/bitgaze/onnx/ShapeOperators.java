package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.onnx.Operand.Activation;

/** The same elements in other dimensions or another order. */
final class ShapeOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Reshape", 2, 2, Set.of("allowzero"), ShapeOperators::reshape),
          Operator.of("Flatten", 1, 1, Set.of("axis"), ShapeOperators::flatten),
          Operator.of("Squeeze", 1, 2, Set.of("axes"), ShapeOperators::squeeze),
          Operator.of("Unsqueeze", 1, 2, Set.of("axes"), ShapeOperators::unsqueeze),
          Operator.of("Transpose", 1, 1, Set.of("perm"), ShapeOperators::transpose));

  private ShapeOperators() {}

  private static void reshape(OnnxNode n) {
    boolean zeroIsZero = n.attributes().flag("allowzero", false);
    int[] shape = shape(n);
    int[] to = n.constant(1).ints();
    if (to.length > GraphWriter.MOST_DIMENSIONS) {
      throw new IllegalArgumentException("makes a tensor of " + to.length + " dimensions");
    }
    long all = Constant.size(shape);
    int open = -1;
    long rest = 1;
    for (int i = 0; i < to.length; i++) {
      if (to[i] == 0 && i < shape.length && !zeroIsZero) {
        to[i] = shape[i];
      }
      if (to[i] == -1 && open < 0) {
        open = i;
      } else if (to[i] < 1) {
        throw new IllegalArgumentException("makes " + Arrays.toString(n.constant(1).ints()));
      } else {
        rest = Math.multiplyExact(rest, (long) to[i]);
      }
    }
    if (open >= 0) {
      to[open] = Math.toIntExact(all / rest);
    }
    to(n, to);
  }

  private static int[] shape(OnnxNode n) {
    return n.isConstant(0) ? n.constant(0).shape() : n.activation(0).shape();
  }

  /** Gives the first input other dimensions. */
  private static void to(OnnxNode n, int[] sizes) {
    if (n.isConstant(0)) {
      n.define(n.constant(0).reshaped(sizes));
      return;
    }
    if (sizes.length < 2 || sizes[0] != 1) {
      throw new IllegalArgumentException("makes " + Arrays.toString(sizes) + " of one image");
    }
    Activation x = n.activation(0);
    boolean flat = sizes.length == 2 && sizes[1] == Constant.size(x.shape());
    n.emit(flat ? new Flatten() : new Reshape(Arrays.stream(sizes).skip(1).boxed().toList()), x);
  }

  private static void flatten(OnnxNode n) {
    Activation x = n.activation(0);
    long axis = n.attributes().integer("axis", 1);
    if (axis != 1 && axis + x.rank() != 1) {
      throw Attributes.unsupported("axis", axis);
    }
    n.emit(new Flatten(), x);
  }

  private static void squeeze(OnnxNode n) {
    int[] shape = shape(n);
    Optional<int[]> said = n.axes("axes", 1);
    if (said.isEmpty() && !n.isConstant(0)) {
      throw new IllegalArgumentException("without axes is not supported");
    }
    int[] axes =
        said.orElseGet(() -> IntStream.range(0, shape.length).filter(i -> shape[i] == 1).toArray());
    Set<Integer> gone = positions(axes, shape.length);
    for (int i : gone) {
      if (shape[i] != 1) {
        throw new IllegalArgumentException(
            "axis " + i + " of " + Arrays.toString(shape) + " is not 1");
      }
    }
    to(
        n,
        IntStream.range(0, shape.length)
            .filter(i -> !gone.contains(i))
            .map(i -> shape[i])
            .toArray());
  }

  private static void unsqueeze(OnnxNode n) {
    int[] shape = shape(n);
    int[] axes =
        n.axes("axes", 1).orElseThrow(() -> new IllegalArgumentException("axes are missing"));
    int rank = shape.length + axes.length;
    Set<Integer> added = positions(axes, rank);
    List<Integer> sizes = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      sizes.add(added.contains(i) ? 1 : shape[next++]);
    }
    to(n, sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Set<Integer> positions(int[] axes, int rank) {
    Set<Integer> all = new HashSet<>();
    for (int axis : axes) {
      int at = axis < 0 ? axis + rank : axis;
      if (at < 0 || at >= rank || !all.add(at)) {
        throw new IllegalArgumentException("axes " + Arrays.toString(axes) + " of " + rank);
      }
    }
    return all;
  }

  private static void transpose(OnnxNode n) {
    int rank = shape(n).length;
    int[] order =
        n.attributes()
            .ints("perm")
            .orElseGet(() -> IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    if (n.isConstant(0)) {
      boolean turned = Arrays.equals(order, new int[] {1, 0});
      if (rank != 2 || !turned) {
        throw new IllegalArgumentException(
            "of a constant by perm " + Arrays.toString(order) + " is not supported");
      }
      n.define(Folding.transpose(n.constant(0)));
      return;
    }
    if (order.length != rank || order[0] != 0) {
      throw new IllegalArgumentException(
          "perm " + Arrays.toString(order) + " of " + rank + " moves the batch");
    }
    n.emit(new Permute(Arrays.stream(order).skip(1).boxed().toList()), n.activation(0));
  }
}
