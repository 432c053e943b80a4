package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.Constant;
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
          Operator.of("Resize", 1, 4, Resizing.ATTRIBUTES, Resizing::translate),
          Operator.of("Upsample", 1, 2, Set.of("mode", "scales"), Resizing::upsample));

  /** Indices that are gathered one by one. */
  private static final int MAX_GATHERED = 256;

  private PartOperators() {}

  private static void concat(OnnxNode n) {
    int rank = n.activation(0).rank();
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), rank);
    Activation first = n.graph().channelsAt(n.activation(0), axis);
    Activation[] parts = new Activation[n.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      Activation part = n.activation(i);
      if (part.rank() != rank) {
        throw new IllegalArgumentException(
            "joins " + Arrays.toString(first.shape()) + " and " + Arrays.toString(part.shape()));
      }
      parts[i] = n.graph().stored(part, first.order());
    }
    n.emit(new Cat(), parts);
  }

  /** One index leaves no dimension; several are slices side by side. */
  private static void gather(OnnxNode n) {
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x.rank());
    Constant indices = n.constant(1);
    int size = x.shape()[axis];
    int[] at = indices.ints();
    for (int i = 0; i < at.length; i++) {
      at[i] = at[i] < 0 ? at[i] + size : at[i];
    }
    if (indices.rank() > 1 || at.length == 0 || at.length > MAX_GATHERED) {
      throw new IllegalArgumentException(
          "of several indices " + Arrays.toString(indices.shape()) + " is not supported");
    }
    if (indices.rank() == 0) {
      Activation plain = n.graph().plain(x);
      Activation one = n.between(".slice", new Slice(axis, at[0], at[0] + 1, 1), plain);
      n.emit(
          new Reshape(
              IntStream.range(1, x.rank())
                  .filter(i -> i != axis)
                  .mapToObj(i -> plain.shape()[i])
                  .toList()),
          one);
      return;
    }
    Activation channels = n.graph().channelsAt(x, axis);
    Activation[] parts = new Activation[at.length];
    for (int i = 0; i < at.length; i++) {
      parts[i] = n.between(".slice" + i, new Slice(1, at[i], at[i] + 1, 1), channels);
    }
    n.emit(new Cat(), parts);
  }

  private static void slice(OnnxNode n) {
    Slices s = Slices.of(n);
    Activation x = n.activation(0);
    int last = s.axes().length - 1;
    for (int i = 0; i <= last; i++) {
      int step = s.steps()[i];
      if (step < 1) {
        throw new IllegalArgumentException("in steps of " + step + " is not supported");
      }
      int axis = s.axes()[i] < 0 ? s.axes()[i] + x.rank() : s.axes()[i];
      int size = axis < 0 || axis >= x.rank() ? 0 : x.shape()[axis];
      int start = bound(s.starts()[i], size);
      int end = bound(s.ends()[i], size);
      boolean all = start == 0 && end == size && step == 1;
      // Whole batches may be taken, if the end says that any batch is whole.
      boolean whole = axis == 0 && s.starts()[i] == 0 && s.ends()[i] == Integer.MAX_VALUE && all;
      if (whole && i == last) {
        n.define(x);
      } else if (!whole) {
        int at = x.order()[OnnxNode.axis(axis, x.rank())];
        Slice part = new Slice(at, start, end, step);
        x = i == last ? n.emit(part, x) : n.between(".slice" + i, part, x);
      }
    }
  }

  private static int bound(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private static void split(OnnxNode n) {
    Activation x = n.activation(0);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), x.rank());
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
    if (x.rank() != 4) {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(x.shape()));
    }
    int[] pads =
        n.ints("pads", 1).orElseThrow(() -> new IllegalArgumentException("'pads' are missing"));
    int[] axes = n.optional(3).map(Constant::ints).orElse(new int[] {0, 1, 2, 3});
    if (pads.length != 2 * axes.length) {
      throw new IllegalArgumentException(
          "pads are " + Arrays.toString(pads) + " for axes " + Arrays.toString(axes));
    }
    int[] before = new int[4];
    int[] after = new int[4];
    for (int i = 0; i < axes.length; i++) {
      int axis = x.order()[axes[i] < 0 ? axes[i] + 4 : axes[i]];
      before[axis] = pads[i];
      after[axis] = pads[axes.length + i];
    }
    if (before[0] != 0 || after[0] != 0) {
      throw new IllegalArgumentException("pads " + Arrays.toString(pads) + " add images");
    }
    double value = n.real(n.number("value", 2).orElse(0.0));
    List<Step> steps = new ArrayList<>();
    for (int axis = 1; axis < 4; axis++) {
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

  /** An operation on a tensor that is stored in a given order. */
  private record Step(int[] order, Op op) {}
}
