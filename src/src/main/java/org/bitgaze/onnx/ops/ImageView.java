package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * A tensor as images, for operators that slide windows over images. Lines are images of one row.
 * Several images per image of the batch, such as the windows of window attention, are groups of
 * channels: one after the other, each with its own copy of the weights.
 *
 * @param image (1, groups channels, height, width), stored in this order
 * @param groups images per image of the batch
 * @param line whether the file has no height
 */
record ImageView(Activation image, int groups, boolean line) {

  /** Views a tensor of (groups, channels, height, width) or (groups, channels, width). */
  static ImageView of(OnnxNode n, Activation x) {
    boolean line = x.rank() == 3;
    if (!line && x.rank() != 4) {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(x.shape()));
    }
    ImportedGraph graph = n.graph();
    int groups = x.shape()[0];
    Activation plain = graph.plain(graph.batchAt(x, groups == 1 ? 0 : -1));
    if (groups == 1 && !line) {
      return new ImageView(plain, 1, false);
    }
    int[] s = x.shape();
    List<Integer> sizes =
        List.of(Math.multiplyExact(groups, s[1]), line ? 1 : s[2], s[line ? 2 : 3]);
    Node maker = graph.node(plain);
    if (maker.op() instanceof Reshape && !maker.inputs().isEmpty()) {
      // What a layer before it made already, so that a batch norm stays next to its convolution.
      Activation before = graph.made(maker.input());
      if (ImportedGraph.sizes(before).equals(sizes)) {
        return new ImageView(before, groups, line);
      }
    }
    int[] order = {0, 1, 2, 3};
    return new ImageView(graph.reshaped(plain, sizes, order), groups, line);
  }

  /** Reads an attribute that has a number for each dimension that a window slides over. */
  Size size(Attributes attributes, String name) {
    int[] line = this.line ? attributes.ints(name).orElse(new int[] {1}) : new int[0];
    return line.length == 1 ? new Size(1, line[0]) : attributes.size(name);
  }

  /** Channels of one image. */
  int channels() {
    return image.stored()[1] / groups;
  }

  /** Makes the node's first output an operation on all images; returns the operation's output. */
  Activation emit(OnnxNode n, Op op) {
    return emit(n, op, image);
  }

  /** Makes the node's first output an operation on images that were made of these. */
  Activation emit(OnnxNode n, Op op, Activation from) {
    if (groups == 1 && !line) {
      return n.emit(op, from);
    }
    Activation made = n.between(".images", op, from);
    int[] out = made.stored();
    IntStream rest = line ? IntStream.of(out[3]) : IntStream.of(out[2], out[3]);
    IntStream first = groups == 1 ? IntStream.empty() : IntStream.of(groups);
    int[] sizes =
        IntStream.concat(IntStream.concat(first, IntStream.of(out[1] / groups)), rest).toArray();
    int[] view = IntStream.range(0, sizes.length + 1).toArray();
    n.emitView(
        groups == 1 ? view : Arrays.copyOfRange(view, 1, view.length),
        new Reshape(Arrays.stream(sizes).boxed().toList()),
        made);
    return made;
  }

  /** Parameters of one image's channels, repeated for all. */
  ConstantTensor repeated(ConstantTensor c) {
    if (groups == 1) {
      return c;
    }
    int[] shape = c.shape().clone();
    int size = c.size();
    shape[0] = Math.multiplyExact(shape[0], groups);
    return c.computed(c.type(), shape, i -> c.elements().applyAsDouble(i % size));
  }
}
