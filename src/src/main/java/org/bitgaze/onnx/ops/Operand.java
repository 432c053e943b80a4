package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.quant.FakeQuantize;

/** The value of a tensor's name while the nodes of a file are read. */
public sealed interface Operand {
  /**
   * A tensor that is known when the network is compiled.
   *
   * @param value its elements
   */
  record Known(ConstantTensor value) implements Operand {}

  /**
   * A tensor that depends on the image. Transpose does not move it: the file's dimensions are a
   * view of those in which the graph's node stores it, so images stay channels first.
   *
   * <p>A file is read for one image. The batch is the first stored dimension, of size 1. In the
   * file it may stand anywhere, as (tokens, batch, channels), or be merged with another dimension,
   * as (batch windows, tokens, channels); then none of the file's dimensions is the stored batch.
   *
   * @param node the node of the graph that computes it
   * @param stored the sizes of the node's output for a batch of one image, the batch first
   * @param order for each of the file's dimensions, the stored dimension; 0 is the batch, which may
   *     be absent
   */
  record Activation(String node, int[] stored, int[] order) implements Operand {
    /** Creates a tensor that is stored as the file has it. */
    Activation(String node, int[] stored) {
      this(node, stored, IntStream.range(0, stored.length).toArray());
    }

    /** {@return the sizes of the tensor as the file has it} */
    public int[] shape() {
      return Arrays.stream(order).map(i -> stored[i]).toArray();
    }

    /** {@return the number of dimensions that the file has} */
    public int rank() {
      return order.length;
    }

    /** {@return images as (1, height, width, channels)} */
    public Activation channelsLast() {
      return new Activation(node, stored, new int[] {0, 2, 3, 1});
    }

    /** Returns another view of what is stored. */
    Activation viewed(int... view) {
      return new Activation(node, stored, view);
    }

    /** The file's dimension that is the batch; -1 if none is. */
    int batch() {
      return axisOf(0);
    }

    /** The file's dimension that is a stored one; -1 if none is. */
    int axisOf(int dimension) {
      return IntStream.range(0, order.length)
          .filter(i -> order[i] == dimension)
          .findFirst()
          .orElse(-1);
    }

    /** {@return whether the node stores the tensor as the file has it, the batch first} */
    public boolean isPlain() {
      return order.length == stored.length
          && IntStream.range(0, order.length).allMatch(i -> order[i] == i);
    }
  }

  /**
   * The integers of a tensor, until a DequantizeLinear takes them.
   *
   * @param real the values before quantization; if there is no quantization pending, the values
   *     that the integers stand for
   * @param pending whether {@code real} has yet to be quantized
   * @param by scale, zero point and range
   * @param type the type of the integers
   * @param name the tensor's name
   */
  record Quantized(Activation real, boolean pending, FakeQuantize by, ElementType type, String name)
      implements Operand {
    /** Whether two tensors of integers have the same meaning. */
    boolean matches(Quantized other) {
      return by.scale() == other.by.scale()
          && by.zeroPoint() == other.by.zeroPoint()
          && type == other.type;
    }

    /** The value of an integer. */
    double value(double integer) {
      return (float) ((integer - by.zeroPoint()) * by.scale());
    }
  }

  /** The output of a node that is not supported, where reading goes on to list all problems. */
  record Unknown() implements Operand {}
}
