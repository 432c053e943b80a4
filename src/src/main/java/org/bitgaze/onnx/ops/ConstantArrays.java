package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;

/**
 * Operators all of whose inputs are constants, and whose elements depend on each other or on
 * indices: they are computed at once. Files compute attention masks and position biases with them.
 */
final class ConstantArrays {
  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "Conv",
              2,
              3,
              Set.of("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"),
              ConstantArrays::convolve),
          Operator.of("CumSum", 2, 2, Set.of("exclusive", "reverse"), ConstantArrays::cumulate),
          Operator.of("GatherElements", 2, 2, Set.of("axis"), ConstantArrays::gatherElements),
          Operator.of("GatherND", 2, 2, Set.of("batch_dims"), ConstantArrays::gatherBlocks),
          Operator.of("NonZero", 1, 1, Set.of(), ConstantArrays::nonZero),
          Operator.of(
              "ScatterElements",
              3,
              3,
              Set.of("axis", "reduction"),
              ConstantArrays::scatterElements),
          Operator.of("ScatterND", 3, 3, Set.of("reduction"), ConstantArrays::scatter),
          Operator.of("Softmax", 1, 1, Set.of("axis"), ConstantArrays::softmax),
          Operator.of("Trilu", 1, 2, Set.of("upper"), ConstantArrays::triangle));

  /** Products that are added; the largest known position embedding needs 3 million. */
  private static final long MAX_PRODUCTS = 1L << 28;

  private ConstantArrays() {}

  /** A convolution with 1 x 1 windows, as position embeddings are projected. */
  private static void convolve(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    ConstantTensor w = n.constant(1);
    Attributes a = n.attributes();
    boolean one =
        c.rank() == 4
            && w.rank() == 4
            && w.shape()[2] * w.shape()[3] == 1
            && a.size("strides").equals(Size.ONE)
            && a.integer("group", 1) == 1
            && Arrays.stream(a.ints("pads").orElse(new int[4])).allMatch(p -> p == 0)
            && c.shape()[1] == w.shape()[1];
    if (!one) {
      throw new IllegalArgumentException(
          "of a constant is supported with 1 x 1 windows only, not %s of %s"
              .formatted(Arrays.toString(w.shape()), Arrays.toString(c.shape())));
    }
    int in = w.shape()[1];
    int out = w.shape()[0];
    int plane = c.shape()[2] * c.shape()[3];
    int[] shape = {c.shape()[0], out, c.shape()[2], c.shape()[3]};
    if ((long) ConstantTensor.size(shape) * in > MAX_PRODUCTS) {
      throw new IllegalArgumentException("convolves a constant of " + Arrays.toString(c.shape()));
    }
    double[] all = n.array(c);
    double[] weights = n.array(w);
    double[] bias = n.optional(2).map(n::array).orElse(new double[out]);
    n.reserve(ConstantTensor.size(shape));
    double[] made = new double[ConstantTensor.size(shape)];
    for (int i = 0; i < made.length; i++) {
      int o = i / plane % out;
      double sum = bias[o];
      for (int k = 0; k < in; k++) {
        sum += weights[o * in + k] * all[(i / plane / out * in + k) * plane + i % plane];
      }
      made[i] = Folding.as(c.type(), sum);
    }
    n.define(ConstantTensor.of(c.type(), shape, made));
  }

  private static void cumulate(OnnxNode n) {
    n.attributes().only("exclusive", 0);
    n.attributes().only("reverse", 0);
    ConstantTensor c = n.constant(0);
    double[] all = n.array(c);
    int axis = OnnxNode.axis((long) n.constant(1).scalar("axis"), c.rank());
    int inner = ConstantTensor.size(Arrays.copyOfRange(c.shape(), axis + 1, c.rank()));
    int size = c.shape()[axis];
    for (int i = 0; i < all.length; i++) {
      if (i / inner % size > 0) {
        all[i] = Folding.as(c.type(), all[i] + all[i - inner]);
      }
    }
    n.define(ConstantTensor.of(c.type(), c.shape(), all));
  }

  private static void softmax(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    boolean merges = n.opset() < 13;
    int axis = OnnxNode.axis(n.attributes().integer("axis", merges ? 1 : -1), c.rank());
    double[] all = n.array(c);
    int inner = merges ? 1 : ConstantTensor.size(Arrays.copyOfRange(c.shape(), axis + 1, c.rank()));
    int size =
        ConstantTensor.size(Arrays.copyOfRange(c.shape(), axis, merges ? c.rank() : axis + 1));
    for (int row = 0; row < all.length / Math.max(1, size); row++) {
      int first = row / inner * inner * size + row % inner;
      int[] at = IntStream.range(0, size).map(i -> first + i * inner).toArray();
      double max = Arrays.stream(at).mapToDouble(i -> all[i]).max().orElse(0);
      double sum = Arrays.stream(at).mapToDouble(i -> Math.exp(all[i] - max)).sum();
      for (int i : at) {
        all[i] = Folding.as(c.type(), Math.exp(all[i] - max) / sum);
      }
    }
    n.define(ConstantTensor.of(c.type(), c.shape(), all));
  }

  private static void triangle(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    boolean upper = n.attributes().flag("upper", true);
    double k = n.optional(1).map(d -> d.scalar("k")).orElse(0.0);
    if (c.rank() < 2) {
      throw new IllegalArgumentException("of " + Arrays.toString(c.shape()));
    }
    int columns = c.shape()[c.rank() - 1];
    int rows = c.shape()[c.rank() - 2];
    n.define(
        c.computed(
            c.type(),
            c.shape(),
            i -> {
              double above = i % columns - i / columns % rows;
              return (upper ? above >= k : above <= k) ? c.elements().applyAsDouble(i) : 0;
            }));
  }

  /** The indices of elements that are not zero, a row for each dimension. */
  private static void nonZero(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    double[] all = n.array(c);
    int[] found = IntStream.range(0, all.length).filter(i -> all[i] != 0).toArray();
    int[] inner = strides(c.shape());
    double[] out = new double[Math.multiplyExact(found.length, c.rank())];
    for (int d = 0; d < c.rank(); d++) {
      for (int i = 0; i < found.length; i++) {
        out[d * found.length + i] = found[i] / inner[d] % c.shape()[d];
      }
    }
    n.define(ConstantTensor.of(ElementType.INT64, new int[] {c.rank(), found.length}, out));
  }

  /** The number of elements between neighbours along each dimension. */
  static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= Math.max(1, shape[d]);
    }
    return strides;
  }

  /** Blocks of a tensor that rows of indices name; the block size is what they leave open. */
  record Blocks(int[] starts, int size) {

    /**
     * Reads indices of the last dimension of a constant.
     *
     * @throws IllegalArgumentException if one is outside the shape
     */
    static Blocks of(ConstantTensor indices, int[] shape) {
      int depth = indices.rank() == 0 ? 0 : indices.shape()[indices.rank() - 1];
      if (depth < 1 || depth > shape.length) {
        throw new IllegalArgumentException(
            "has indices of %s for %s"
                .formatted(Arrays.toString(indices.shape()), Arrays.toString(shape)));
      }
      int[] strides = strides(shape);
      int[] starts = new int[indices.size() / depth];
      for (int row = 0; row < starts.length; row++) {
        for (int d = 0; d < depth; d++) {
          double at = indices.at(row * depth + d);
          at = at < 0 ? at + shape[d] : at;
          if (!(at >= 0 && at < shape[d])) {
            throw new IllegalArgumentException("takes element " + at + " of " + shape[d]);
          }
          starts[row] += (int) at * strides[d];
        }
      }
      return new Blocks(starts, strides[depth - 1]);
    }
  }

  private static void scatter(OnnxNode n) {
    String reduction = n.attributes().text("reduction", "none");
    if (!reduction.equals("none")) {
      throw Attributes.unsupported("reduction", reduction);
    }
    ConstantTensor c = n.constant(0);
    double[] all = n.array(c);
    double[] updates = n.array(n.constant(2));
    Blocks blocks = Blocks.of(n.constant(1), c.shape());
    if ((long) blocks.starts.length * blocks.size != updates.length) {
      throw new IllegalArgumentException(
          "has updates of " + Arrays.toString(n.constant(2).shape()));
    }
    for (int i = 0; i < updates.length; i++) {
      all[blocks.starts[i / blocks.size] + i % blocks.size] = updates[i];
    }
    n.define(ConstantTensor.of(c.type(), c.shape(), all));
  }

  private static void scatterElements(OnnxNode n) {
    String reduction = n.attributes().text("reduction", "none");
    if (!reduction.equals("none")) {
      throw Attributes.unsupported("reduction", reduction);
    }
    ConstantTensor c = n.constant(0);
    int[] shape = n.constant(1).shape();
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), c.rank());
    if (shape.length != c.rank() || n.constant(2).size() != n.constant(1).size()) {
      throw new IllegalArgumentException("has indices of " + Arrays.toString(shape));
    }
    double[] all = n.array(c);
    double[] at = n.array(n.constant(1));
    double[] updates = n.array(n.constant(2));
    int[] strides = strides(c.shape());
    for (int i = 0; i < at.length; i++) {
      int to = 0;
      for (int d = shape.length - 1, rest = i; d >= 0; d--) {
        double index = d == axis ? at[i] : rest % shape[d];
        index = index < 0 ? index + c.shape()[d] : index;
        if (!(index >= 0 && index < c.shape()[d])) {
          throw new IllegalArgumentException("sets element " + index + " of " + c.shape()[d]);
        }
        to += (int) index * strides[d];
        rest /= shape[d];
      }
      all[to] = updates[i];
    }
    n.define(ConstantTensor.of(c.type(), c.shape(), all));
  }

  private static void gatherBlocks(OnnxNode n) {
    n.attributes().only("batch_dims", 0);
    ConstantTensor c = n.constant(0);
    ConstantTensor indices = n.constant(1);
    Blocks blocks = Blocks.of(indices, c.shape());
    int depth = indices.shape()[indices.rank() - 1];
    int[] shape =
        IntStream.concat(
                Arrays.stream(indices.shape(), 0, indices.rank() - 1),
                Arrays.stream(c.shape(), depth, c.rank()))
            .toArray();
    n.define(
        c.computed(
            c.type(),
            shape,
            i -> c.elements().applyAsDouble(blocks.starts[i / blocks.size] + i % blocks.size)));
  }

  private static void gatherElements(OnnxNode n) {
    ConstantTensor c = n.constant(0);
    ConstantTensor indices = n.constant(1);
    int axis = OnnxNode.axis(n.attributes().integer("axis", 0), c.rank());
    if (indices.rank() != c.rank()) {
      throw new IllegalArgumentException("has indices of " + Arrays.toString(indices.shape()));
    }
    int[] strides = strides(c.shape());
    int[] shape = indices.shape();
    for (int d = 0; d < shape.length; d++) {
      if (d != axis && shape[d] > c.shape()[d]) {
        throw new IllegalArgumentException("has indices of " + Arrays.toString(shape));
      }
    }
    double[] at = n.array(indices);
    n.define(
        c.computed(
            c.type(),
            shape,
            i -> {
              int from = 0;
              for (int d = shape.length - 1, rest = i; d >= 0; d--) {
                double index = d == axis ? at[i] : rest % shape[d];
                index = index < 0 ? index + c.shape()[d] : index;
                if (!(index >= 0 && index < c.shape()[d])) {
                  throw new IllegalArgumentException("takes element " + index);
                }
                from += (int) index * strides[d];
                rest /= shape[d];
              }
              return c.elements().applyAsDouble(from);
            }));
  }
}
