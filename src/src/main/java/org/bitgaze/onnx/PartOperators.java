package org.bitgaze.onnx;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.Operand.Activation;

/** Parts of tensors, tensors of several parts, and images of another size. */
final class PartOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Concat", 1, 4096, Set.of("axis"), PartOperators::concat),
          Operator.of("Gather", 2, 2, Set.of("axis"), PartOperators::gather),
          Operator.of("Slice", 3, 5, Set.of(), PartOperators::slice),
          Operator.of("Split", 1, 2, Set.of("axis", "num_outputs", "split"), PartOperators::split),
          Operator.of("Pad", 2, 4, Set.of("mode"), PartOperators::pad),
          Operator.of("Resize", 1, 4, Resizing.ATTRIBUTES, Resizing::translate));

  private PartOperators() {}

  private static void concat(OnnxNode n) {
    long axis = n.attributes().integer("axis", 0);
    List<Operand> all = n.inputs();
    if (all.stream().allMatch(Constant.class::isInstance)) {
      if (axis != 0 && axis != -1) {
        throw Attributes.unsupported("axis", axis);
      }
      n.define(Folding.concat(all.stream().map(Constant.class::cast).toList()));
      return;
    }
    Activation[] parts =
        IntStream.range(0, all.size()).mapToObj(n::activation).toArray(Activation[]::new);
    if (OnnxNode.axis(axis, parts[0].rank()) != 1) {
      throw Attributes.unsupported("axis", axis);
    }
    n.emit(new Cat(), parts);
  }

  /** Of a tensor only one index, which leaves no dimension. */
  private static void gather(OnnxNode n) {
    long axis = n.attributes().integer("axis", 0);
    if (n.isConstant(0)) {
      if (axis != 0 && axis != -1) {
        throw Attributes.unsupported("axis", axis);
      }
      n.define(Folding.gather(n.constant(0), n.constant(1)));
      return;
    }
    Activation x = n.activation(0);
    int at = OnnxNode.axis(axis, x.rank());
    if (n.constant(1).rank() != 0) {
      throw new IllegalArgumentException(
          "of several indices " + Arrays.toString(n.constant(1).shape()) + " is not supported");
    }
    int index = (int) n.constant(1).at(0);
    int start = index < 0 ? index + x.shape()[at] : index;
    Activation one = n.between(".slice", new Slice(at, start, start + 1, 1), x);
    n.emit(
        new Reshape(
            IntStream.range(1, x.rank()).filter(i -> i != at).mapToObj(i -> x.shape()[i]).toList()),
        one);
  }

  private static void slice(OnnxNode n) {
    int[] starts = n.constant(1).ints();
    int[] ends = n.constant(2).ints();
    int[] axes =
        n.optional(3).map(Constant::ints).orElse(IntStream.range(0, starts.length).toArray());
    int[] steps = n.optional(4).map(Constant::ints).orElse(ones(starts.length));
    if (starts.length == 0
        || ends.length != starts.length
        || axes.length != starts.length
        || steps.length != starts.length) {
      throw new IllegalArgumentException(
          starts.length + " starts, " + ends.length + " ends, " + axes.length + " axes");
    }
    int rank = n.isConstant(0) ? n.constant(0).rank() : n.activation(0).rank();
    Set<Integer> sliced = new HashSet<>();
    for (int axis : axes) {
      if (!sliced.add(axis < 0 ? axis + rank : axis)) {
        throw new IllegalArgumentException("takes parts of axis " + axis + " twice");
      }
    }
    if (starts.length > GraphWriter.MOST_DIMENSIONS) {
      throw new IllegalArgumentException("takes parts of " + starts.length + " axes");
    }
    if (n.isConstant(0)) {
      Constant c = n.constant(0);
      for (int i = 0; i < starts.length; i++) {
        c = Folding.slice(c, axes[i], starts[i], ends[i], steps[i]);
      }
      n.define(c);
      return;
    }
    for (int step : steps) {
      if (step < 1) {
        throw new IllegalArgumentException("in steps of " + step + " is not supported");
      }
    }
    Activation x = n.activation(0);
    for (int i = 0; i < starts.length; i++) {
      int axis = axes[i] < 0 ? axes[i] + x.rank() : axes[i];
      int size = axis < 0 || axis >= x.rank() ? 0 : x.shape()[axis];
      int start = bound(starts[i], size);
      int end = bound(ends[i], size);
      boolean all = start == 0 && end == size && steps[i] == 1;
      // Whole batches may be taken, if it is said so that any batch is whole.
      boolean whole = axis == 0 && starts[i] == 0 && ends[i] == Integer.MAX_VALUE && all;
      Slice part = whole ? null : new Slice(OnnxNode.axis(axis, x.rank()), start, end, steps[i]);
      if (i < starts.length - 1) {
        x = whole ? x : n.between(".slice" + i, part, x);
      } else if (whole) {
        n.define(x);
      } else {
        n.emit(part, x);
      }
    }
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static int bound(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static void split(OnnxNode n) {
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x.rank());
    int size = x.shape()[axis];
    int parts = n.outputs();
    long said = n.attributes().integer("num_outputs", parts);
    Optional<int[]> given = n.axes("split", 1);
    if (said != parts || given.filter(g -> g.length != parts).isPresent()) {
      throw new IllegalArgumentException("makes " + said + " parts for " + parts + " outputs");
    }
    if (given.isEmpty() && !n.attributes().has("num_outputs") && size % parts != 0) {
      throw new IllegalArgumentException(size + " channels are not " + parts + " equal parts");
    }
    int each = (size + parts - 1) / parts;
    int start = 0;
    for (int i = 0; i < parts; i++) {
      int end = given.isPresent() ? start + given.get()[i] : Math.min(size, start + each);
      if (n.hasOutput(i)) {
        n.emit(i, new Slice(axis, start, end, 1), x);
      }
      start = end;
    }
    if (start != size) {
      throw new IllegalArgumentException("parts make " + start + " of " + size);
    }
  }

  private static void pad(OnnxNode n) {
    PaddingMode mode =
        switch (n.attributes().text("mode", "constant")) {
          case "constant" -> PaddingMode.ZEROS;
          case "reflect" -> PaddingMode.REFLECT;
          case "edge" -> PaddingMode.REPLICATE;
          case "wrap" -> PaddingMode.CIRCULAR;
          default -> throw Attributes.unsupported("mode", n.attributes().text("mode", ""));
        };
    Activation x = n.image();
    int[] pads = n.constant(1).ints();
    int[] axes = n.optional(3).map(Constant::ints).orElse(new int[] {0, 1, 2, 3});
    if (pads.length != 2 * axes.length) {
      throw new IllegalArgumentException(
          "pads are " + Arrays.toString(pads) + " for axes " + Arrays.toString(axes));
    }
    int[] before = new int[4];
    int[] after = new int[4];
    for (int i = 0; i < axes.length; i++) {
      int axis = axes[i] < 0 ? axes[i] + 4 : axes[i];
      before[axis] = pads[i];
      after[axis] = pads[axes.length + i];
    }
    if (before[0] != 0 || after[0] != 0 || before[1] != 0 || after[1] != 0) {
      throw new IllegalArgumentException(
          "pads " + Arrays.toString(pads) + " add images or channels");
    }
    double value = n.optional(2).map(c -> c.scalar("constant_value")).orElse(0.0);
    n.emit(new Pad(before[2], before[3], after[2], after[3], mode, value), x);
  }
}
