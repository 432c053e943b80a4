package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Expand;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Roll;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;

/** Parts of tensors, tensors of several parts, and images of another size. */
final class PartOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Concat", 1, 4096, Set.of("axis"), PartOperators::concat),
          Operator.of("Gather", 2, 2, Set.of("axis"), PartOperators::gather),
          Operator.of("Slice", 1, 5, Set.of("starts", "ends", "axes"), PartOperators::slice),
          Operator.of("Split", 1, 2, Set.of("axis", "num_outputs", "split"), PartOperators::split),
          Operator.of("Pad", 1, 4, Set.of("mode", "pads", "value"), PartOperators::pad),
          Operator.of("Expand", 2, 2, Set.of(), PartOperators::expand),
          Operator.of("Tile", 2, 2, Set.of(), PartOperators::tile),
          Operator.of("Resize", 1, 4, Resizing.ATTRIBUTES, Resizing::translate),
          Operator.of("Upsample", 1, 2, Set.of("mode", "scales"), Resizing::upsample));

  /** Indices of a Gather of a tensor, which are part of the program. */
  private static final int MAX_GATHERED = 1 << 12;

  private PartOperators() {}

  private static void concat(OnnxNode n) {
    int like = IntStream.range(0, n.inputs().size()).filter(n::isActivation).findFirst().orElse(0);
    Activation x = n.activation(like);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x);
    Activation first = x;
    Activation[] parts = new Activation[n.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] =
          n.isConstant(i) ? n.graph().constant(n.output(), n.constant(i), x) : n.activation(i);
      if (parts[i].rank() != x.rank()) {
        throw new IllegalArgumentException(
            "joins " + Arrays.toString(x.shape()) + " and " + Arrays.toString(parts[i].shape()));
      }
      // The batch stands in one place, which is not the axis.
      ImportedGraph.Pair same =
          n.graph().sameBatch(first, withoutBatch(n, parts[i], axis), x.rank());
      first = same.x();
    }
    for (int i = 0; i < parts.length; i++) {
      Activation same = n.graph().sameBatch(first, withoutBatch(n, parts[i], axis), x.rank()).y();
      parts[i] = n.graph().stored(same, first.order());
    }
    if (!rolled(n, parts, first.order()[axis])) {
      n.emit(new Cat(first.order()[axis]), parts);
    }
  }

  private static Activation withoutBatch(OnnxNode n, Activation x, int axis) {
    return x.order()[axis] == 0 ? n.graph().batchAt(x, -1) : x;
  }

  /** Makes two slices of one tensor, the end before the beginning, a rotation. */
  private static boolean rolled(OnnxNode n, Activation[] parts, int axis) {
    if (parts.length != 2) {
      return false;
    }
    Node end = n.graph().node(parts[0]);
    Node start = n.graph().node(parts[1]);
    if (!(end.op() instanceof Slice e) || !(start.op() instanceof Slice s)) {
      return false;
    }
    boolean same = end.input().equals(start.input()) && e.axis() == axis && s.axis() == axis;
    Activation x = n.graph().made(end.input());
    boolean whole =
        same
            && e.step() == 1
            && s.step() == 1
            && s.start() == 0
            && s.end() == e.start()
            && e.end() == x.stored()[axis];
    if (whole) {
      n.emit(new Roll(axis, e.end() - e.start()), x.viewed(parts[0].order()));
    }
    return whole;
  }

  /** One index leaves no dimension; several leave as many dimensions as they have. */
  private static void gather(OnnxNode n) {
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x);
    ConstantTensor indices = n.constant(1);
    int size = x.shape()[axis];
    int[] at = indices.ints();
    for (int i = 0; i < at.length; i++) {
      at[i] = at[i] < 0 ? at[i] + size : at[i];
    }
    if (at.length == 0 || at.length > MAX_GATHERED) {
      throw new IllegalArgumentException(
          "of %d indices is not supported; at most %d are".formatted(at.length, MAX_GATHERED));
    }
    int stored = x.order()[axis];
    if (indices.rank() == 1) {
      n.emit(taken(stored, at), x);
      return;
    }
    Activation part = n.between(".part", taken(stored, at), x);
    if (indices.rank() == 0) {
      List<Integer> sizes = ImportedGraph.sizes(part);
      sizes.remove(stored - 1);
      int[] view =
          IntStream.range(0, x.rank())
              .filter(i -> i != axis)
              .map(i -> x.order()[i] > stored ? x.order()[i] - 1 : x.order()[i])
              .toArray();
      n.emitView(view, new Reshape(sizes), part);
      return;
    }
    Activation plain = n.graph().plain(part);
    List<Integer> sizes = ImportedGraph.sizes(plain);
    int first = plain.order()[axis];
    sizes.remove(first - 1);
    int more = indices.rank() - 1;
    for (int i = indices.rank() - 1; i >= 0; i--) {
      sizes.add(first - 1, indices.shape()[i]);
    }
    int[] view = new int[x.rank() + more];
    for (int i = 0; i < view.length; i++) {
      int old = i <= axis ? i : Math.max(axis, i - more);
      view[i] = plain.order()[old];
      view[i] += i > axis && view[i] > 0 ? Math.min(i - axis, more) : 0;
    }
    n.emitView(view, new Reshape(sizes), plain);
  }

  /** Elements at indices; those at equal distances are a slice. */
  private static Op taken(int axis, int... at) {
    int step = at.length > 1 ? at[1] - at[0] : 1;
    boolean regular =
        step > 0 && IntStream.range(1, at.length).allMatch(i -> at[i] - at[i - 1] == step);
    return regular
        ? new Slice(axis, at[0], at[at.length - 1] + 1, step)
        : new Gather(axis, Arrays.stream(at).boxed().toList());
  }

  private static void slice(OnnxNode n) {
    Slices s = Slices.of(n);
    Activation x = n.activation(0);
    List<Op> steps = new ArrayList<>();
    for (int i = 0; i < s.axes().length; i++) {
      int axis = OnnxNode.axis(s.axes()[i], x.rank());
      int size = x.shape()[axis];
      int step = s.steps()[i];
      if (step == 0) {
        throw new IllegalArgumentException("in steps of 0");
      }
      if (step < 0) {
        steps.add(backwards(x.order()[OnnxNode.axis(axis, x)], size, s, i));
        continue;
      }
      int start = bound(s.starts()[i], size);
      int end = bound(s.ends()[i], size);
      boolean all = start == 0 && end == size && step == 1;
      // Whole batches may be taken, if the end says that any batch is whole.
      boolean open = s.starts()[i] == 0 && s.ends()[i] == Integer.MAX_VALUE;
      if (!all || (x.order()[axis] == 0 && !open)) {
        steps.add(new Slice(x.order()[OnnxNode.axis(axis, x)], start, end, step));
      }
    }
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      x = last ? n.emit(steps.get(i), x) : n.between(".slice" + i, steps.get(i), x);
    }
    if (steps.isEmpty()) {
      n.define(x);
    }
  }

  private static Op backwards(int axis, int size, Slices s, int i) {
    int step = s.steps()[i];
    int start = Math.min(size - 1, s.starts()[i] < 0 ? s.starts()[i] + size : s.starts()[i]);
    int end =
        Math.max(-1, s.ends()[i] < 0 ? (int) Math.max(-1, (long) s.ends()[i] + size) : s.ends()[i]);
    List<Integer> at = new ArrayList<>();
    for (long k = start; k > end; k += step) {
      at.add((int) k);
    }
    if (at.size() > MAX_GATHERED) {
      throw new IllegalArgumentException("takes " + at.size() + " elements backwards: too many");
    }
    return new Gather(axis, at);
  }

  private static void expand(OnnxNode n) {
    Activation x = n.activation(0);
    int[] to = n.constant(1).ints();
    if (ConstantTensor.size(to) == 1 && to.length <= x.rank()) {
      n.define(x);
      return;
    }
    ConstantTensor shape = ConstantTensor.stored(ElementType.FLOAT, to, i -> 0);
    n.define(ArithmeticOperators.fitting(n, x, shape));
  }

  /** Repeats dimensions: each is expanded in front of itself. */
  private static void tile(OnnxNode n) {
    Activation x = n.activation(0);
    int[] times = n.constant(1).ints();
    if (times.length != x.rank()) {
      throw new IllegalArgumentException(
          "repeats " + Arrays.toString(x.shape()) + " " + Arrays.toString(times) + " times");
    }
    Activation all = x.batch() >= 0 && times[x.batch()] > 1 ? n.graph().batchAt(x, -1) : x;
    for (int i = 0; i < times.length; i++) {
      int at = all.order()[i];
      if (times[i] < 1) {
        throw new IllegalArgumentException("repeats a dimension " + times[i] + " times");
      }
      if (times[i] > 1) {
        List<Integer> sizes = ImportedGraph.sizes(all);
        sizes.add(at - 1, 1);
        Activation apart = n.between(".row" + i, new Reshape(sizes), all);
        sizes.set(at - 1, times[i]);
        Activation rows = n.between(".rows" + i, new Expand(sizes), apart);
        sizes.set(at - 1, Math.multiplyExact(times[i], sizes.remove(at)));
        all = n.graph().reshaped(rows, sizes, all.order());
      }
    }
    n.define(all);
  }

  private static int bound(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static void split(OnnxNode n) {
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x);
    int[] sizes = Slices.split(n, x.shape()[axis]);
    int start = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (n.hasOutput(i)) {
        n.emit(i, new Slice(x.order()[axis], start, start + sizes[i], 1), x);
      }
      start += sizes[i];
    }
  }

  /** Adds borders to dimensions, two at a time, or cuts them off where pads are negative. */
  private static void pad(OnnxNode n) {
    PaddingMode mode =
        switch (n.attributes().text("mode", "constant")) {
          case "constant" -> PaddingMode.ZEROS;
          case "reflect" -> PaddingMode.REFLECT;
          case "edge" -> PaddingMode.REPLICATE;
          case "wrap" -> PaddingMode.CIRCULAR;
          default -> throw Attributes.unsupported("mode", n.attributes().text("mode", ""));
        };
    Activation x = n.activation(0);
    int[] pads =
        n.ints("pads", 1).orElseThrow(() -> new IllegalArgumentException("'pads' are missing"));
    int[] axes =
        n.optional(3).map(ConstantTensor::ints).orElse(IntStream.range(0, x.rank()).toArray());
    if (pads.length != 2 * axes.length) {
      throw new IllegalArgumentException(
          "pads are " + Arrays.toString(pads) + " for axes " + Arrays.toString(axes));
    }
    int[] before = new int[x.stored().length];
    int[] after = new int[x.stored().length];
    for (int i = 0; i < axes.length; i++) {
      int axis = x.order()[OnnxNode.axis(axes[i], x.rank())];
      before[axis] = pads[i];
      after[axis] = pads[axes.length + i];
    }
    if (before[0] != 0 || after[0] != 0) {
      throw new IllegalArgumentException("pads " + Arrays.toString(pads) + " add images");
    }
    double value = n.real(n.number("value", 2).orElse(0.0));
    List<Step> steps = new ArrayList<>();
    for (int axis = 1; axis < before.length; axis++) {
      if (before[axis] < 0 || after[axis] < 0) {
        int start = Math.max(0, -before[axis]);
        int end = x.stored()[axis] - Math.max(0, -after[axis]);
        steps.add(new Step(x.order(), new Slice(axis, start, end, 1)));
        if (mode != PaddingMode.ZEROS && (before[axis] > 0 || after[axis] > 0)) {
          throw Attributes.unsupported("pads", Arrays.toString(pads));
        }
      }
      before[axis] = Math.max(0, before[axis]);
      after[axis] = Math.max(0, after[axis]);
    }
    if (before.length != 4) {
      padded(n, x, steps, before, after, new Border(mode, value));
      return;
    }
    if (before[1] != 0 || after[1] != 0) {
      // Channels are padded where images have their rows.
      int[] order = Arrays.stream(x.order()).map(i -> i == 1 ? 2 : i == 2 ? 1 : i).toArray();
      steps.add(new Step(order, new Pad(before[1], 0, after[1], 0, mode, value)));
    }
    if (steps.isEmpty() || before[2] + after[2] + before[3] + after[3] > 0) {
      steps.add(
          new Step(x.order(), new Pad(before[2], before[3], after[2], after[3], mode, value)));
    }
    for (int i = 0; i < steps.size(); i++) {
      Activation from = n.graph().stored(x, steps.get(i).order());
      x =
          i == steps.size() - 1
              ? n.emit(steps.get(i).op(), from)
              : n.between(".part" + i, steps.get(i).op(), from);
    }
  }

  /** The values of a border. */
  private record Border(PaddingMode mode, double value) {}

  /** Adds borders to a tensor that is no image, one dimension after the other. */
  private static void padded(
      OnnxNode n, Activation x, List<Step> cuts, int[] before, int[] after, Border border) {
    Activation y = x;
    for (int i = 0; i < cuts.size(); i++) {
      y = n.between(".cut" + i, cuts.get(i).op(), y);
    }
    int[] stored = y.stored().clone();
    for (int d = 1; d < before.length; d++) {
      if (before[d] + after[d] > 0) {
        int outer = ConstantTensor.size(Arrays.copyOfRange(stored, 1, d));
        int inner = ConstantTensor.size(Arrays.copyOfRange(stored, d + 1, stored.length));
        Activation rows = n.graph().reshaped(y, List.of(outer, stored[d], inner), 0, 1, 2, 3);
        stored[d] = Math.addExact(stored[d], Math.addExact(before[d], after[d]));
        Pad pad = new Pad(before[d], 0, after[d], 0, border.mode, border.value);
        Activation made = n.between(".padded" + d, pad, rows);
        y = n.graph().reshaped(made, Arrays.stream(stored).skip(1).boxed().toList(), x.order());
      }
    }
    n.define(y);
  }

  /** An operation on a tensor that is stored in a given order. */
  private record Step(int[] order, Op op) {}
}
