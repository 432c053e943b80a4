package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/** The same elements in other dimensions or another order. */
final class ShapeOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Reshape", 2, 2, Set.of("allowzero"), ShapeOperators::reshape),
          Operator.of("Flatten", 1, 1, Set.of("axis"), ShapeOperators::flatten),
          Operator.of("Squeeze", 1, 2, Set.of("axes"), ShapeOperators::squeeze),
          Operator.of("Unsqueeze", 1, 2, Set.of("axes"), ShapeOperators::unsqueeze),
          Operator.of("Transpose", 1, 1, Set.of("perm"), ShapeOperators::transpose),
          Operator.of(
              "DepthToSpace", 1, 1, Set.of("blocksize", "mode"), ShapeOperators::depthToSpace),
          Operator.of("SpaceToDepth", 1, 1, Set.of("blocksize"), ShapeOperators::spaceToDepth),
          Operator.of("Shape", 1, 1, Set.of("start", "end"), ShapeOperators::shape));

  private ShapeOperators() {}

  private static void shape(OnnxNode n) {
    int[] shape = n.shape();
    int start = bound(n.attributes().integer("start", 0), shape.length);
    int end = bound(n.attributes().integer("end", shape.length), shape.length);
    n.define(ConstantTensor.integers(Arrays.copyOfRange(shape, start, Math.max(start, end))));
  }

  private static int bound(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }

  private static void reshape(OnnxNode n) {
    boolean zeroIsZero = n.attributes().flag("allowzero", false);
    int[] shape = n.shape();
    int[] to = n.constant(1).ints();
    if (to.length > ImportedGraph.MAX_DIMENSIONS) {
      throw new IllegalArgumentException("makes a tensor of " + to.length + " dimensions");
    }
    long all = ConstantTensor.size(shape);
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
    if (n.isConstant(0) || !NormOperators.regrouped(n, to)) {
      to(n, to);
    }
  }

  /** Gives the first input other dimensions. */
  private static void to(OnnxNode n, int[] sizes) {
    if (n.isConstant(0)) {
      n.define(n.constant(0).reshaped(sizes));
      return;
    }
    Activation x = inOrder(n, n.activation(0));
    boolean flat =
        sizes.length == 2 && sizes[0] == 1 && sizes[1] == ConstantTensor.size(x.stored());
    // A first dimension of one is the batch; of more it is several parts of one image.
    boolean batch = sizes.length > 0 && sizes[0] == 1;
    int[] view = IntStream.range(0, sizes.length).map(i -> batch ? i : i + 1).toArray();
    List<Integer> stored = Arrays.stream(sizes).skip(batch ? 1 : 0).boxed().toList();
    n.emitView(view, flat ? new Flatten() : new Reshape(stored), x);
  }

  /** The elements in the file's order, which dimensions of size 1 do not change. */
  static Activation inOrder(OnnxNode n, Activation x) {
    int[] moving = Arrays.stream(x.order()).filter(i -> x.stored()[i] != 1).toArray();
    boolean sorted = IntStream.range(1, moving.length).allMatch(i -> moving[i - 1] < moving[i]);
    return n.graph().made((sorted ? x : n.graph().plain(x)).node());
  }

  /** Blocks of channels become blocks of pixels. */
  private static void depthToSpace(OnnxNode n) {
    Activation x = n.image();
    int b = blockSize(n);
    String mode = n.attributes().text("mode", "DCR");
    int[] s = x.shape();
    boolean columns = mode.equals("DCR");
    if ((!columns && !mode.equals("CRD")) || s[1] % ((long) b * b) != 0) {
      throw Attributes.unsupported(columns ? "blocksize" : "mode", columns ? b : mode);
    }
    int c = s[1] / b / b;
    List<Integer> apart = columns ? List.of(b, b, c, s[2], s[3]) : List.of(c, b, b, s[2], s[3]);
    Activation blocks =
        n.graph()
            .reshaped(
                x, apart, columns ? new int[] {0, 3, 4, 1, 5, 2} : new int[] {0, 1, 4, 2, 5, 3});
    n.emit(
        new Reshape(List.of(c, Math.multiplyExact(s[2], b), Math.multiplyExact(s[3], b))),
        inOrder(n, blocks));
  }

  /** Blocks of pixels become blocks of channels. */
  private static void spaceToDepth(OnnxNode n) {
    Activation x = n.image();
    int b = blockSize(n);
    int[] s = x.shape();
    if (s[2] % b != 0 || s[3] % b != 0) {
      throw Attributes.unsupported("blocksize", b);
    }
    Activation blocks =
        n.graph().reshaped(x, List.of(s[1], s[2] / b, b, s[3] / b, b), 0, 3, 5, 1, 2, 4);
    n.emit(
        new Reshape(List.of(Math.multiplyExact(s[1], b * b), s[2] / b, s[3] / b)),
        inOrder(n, blocks));
  }

  private static int blockSize(OnnxNode n) {
    long b = n.attributes().integer("blocksize", 0);
    if (b < 1 || b > 1 << 10) {
      throw Attributes.unsupported("blocksize", b);
    }
    return (int) b;
  }

  private static void flatten(OnnxNode n) {
    int[] shape = n.shape();
    long axis = n.attributes().integer("axis", 1);
    int at = (int) (axis < 0 ? axis + shape.length : axis);
    if (at < 0 || at > shape.length) {
      throw Attributes.unsupported("axis", axis);
    }
    int rows = ConstantTensor.size(Arrays.copyOf(shape, at));
    to(n, new int[] {rows, ConstantTensor.size(Arrays.copyOfRange(shape, at, shape.length))});
  }

  private static void squeeze(OnnxNode n) {
    int[] shape = n.shape();
    Optional<int[]> given = n.ints("axes", 1);
    if (given.isEmpty() && !n.isConstant(0)) {
      throw new IllegalArgumentException("without axes would remove the batch; give its axes");
    }
    int[] axes =
        given.orElseGet(
            () -> IntStream.range(0, shape.length).filter(i -> shape[i] == 1).toArray());
    Set<Integer> gone = positions(axes, shape.length);
    for (int i : gone) {
      if (shape[i] != 1) {
        throw new IllegalArgumentException(
            "axis " + i + " of " + Arrays.toString(shape) + " is not 1");
      }
    }
    if (!n.isConstant(0) && (!n.activation(0).isPlain() || gone.contains(0))) {
      squeezed(n, n.activation(0), gone);
      return;
    }
    to(
        n,
        IntStream.range(0, shape.length)
            .filter(i -> !gone.contains(i))
            .map(i -> shape[i])
            .toArray());
  }

  /** Drops dimensions of a tensor where it is stored, and moves nothing. */
  private static void squeezed(OnnxNode n, Activation x, Set<Integer> gone) {
    boolean[] kept = new boolean[x.stored().length];
    Arrays.fill(kept, true);
    gone.stream().map(i -> x.order()[i]).filter(at -> at > 0).forEach(at -> kept[at] = false);
    int[] left =
        IntStream.range(0, x.rank())
            .filter(i -> !gone.contains(i))
            .map(i -> x.order()[i])
            .toArray();
    reshaped(n, x, kept, left);
  }

  private static void reshaped(OnnxNode n, Activation x, boolean[] kept, int[] left) {
    int[] before = new int[kept.length];
    List<Integer> sizes = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < kept.length; i++) {
      before[i] = next;
      if (kept[i]) {
        next++;
        if (i > 0) {
          sizes.add(x.stored()[i]);
        }
      }
    }
    int[] view = Arrays.stream(left).map(i -> before[i]).toArray();
    if (next == kept.length) {
      n.define(x.viewed(view));
    } else {
      n.emitView(view, new Reshape(sizes), x);
    }
  }

  private static void unsqueeze(OnnxNode n) {
    int[] shape = n.shape();
    int[] axes =
        n.ints("axes", 1).orElseThrow(() -> new IllegalArgumentException("axes are missing"));
    int rank = shape.length + axes.length;
    if (rank > ImportedGraph.MAX_DIMENSIONS) {
      throw new IllegalArgumentException("makes a tensor of " + rank + " dimensions");
    }
    Set<Integer> added = positions(axes, rank);
    List<Integer> sizes = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      sizes.add(added.contains(i) ? 1 : shape[next++]);
    }
    if (!n.isConstant(0) && (!n.activation(0).isPlain() || added.contains(0))) {
      unsqueezed(n, n.activation(0), added, rank);
      return;
    }
    to(n, sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Adds dimensions where a tensor is stored, behind the others, and moves nothing. */
  private static void unsqueezed(OnnxNode n, Activation x, Set<Integer> added, int rank) {
    List<Integer> sizes = ImportedGraph.sizes(x);
    int[] view = new int[rank];
    int next = 0;
    boolean free = x.batch() < 0;
    for (int i = 0; i < rank; i++) {
      if (!added.contains(i)) {
        view[i] = x.order()[next++];
      } else if (free && i == 0) {
        view[i] = 0;
      } else {
        sizes.add(1);
        view[i] = sizes.size();
      }
    }
    if (sizes.size() + 1 == x.stored().length) {
      n.define(x.viewed(view));
    } else {
      n.emitView(view, new Reshape(sizes), x);
    }
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

  /** The order of a Transpose, which is checked. */
  static int[] order(OnnxNode n) {
    int rank = n.shape().length;
    int[] order =
        n.attributes()
            .ints("perm")
            .orElseGet(() -> IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    int[] sorted = Arrays.stream(order).sorted().toArray();
    if (!Arrays.equals(sorted, IntStream.range(0, rank).toArray())) {
      throw new IllegalArgumentException(
          "orders " + rank + " dimensions by perm " + Arrays.toString(order));
    }
    return order;
  }

  /** Moves nothing: the output is another view of what is stored. */
  private static void transpose(OnnxNode n) {
    Activation x = n.activation(0);
    int[] order = order(n);
    int[] view = Arrays.stream(order).map(i -> x.order()[i]).toArray();
    n.define(x.viewed(view));
  }
}
