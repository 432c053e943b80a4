package org.bitgaze.onnx;

import org.bitgaze.quant.FakeQuantize;

/** What a name of a file stands for while its nodes are read. */
sealed interface Operand permits Constant, Operand.Activation, Operand.Quantized, Operand.Unknown {
  /**
   * A tensor that the image decides.
   *
   * @param node the node of the graph that computes it
   * @param shape its sizes for a batch of one image, the batch first
   */
  record Activation(String node, int[] shape) implements Operand {
    int rank() {
      return shape.length;
    }
  }

  /**
   * A tensor that was quantized and waits for its DequantizeLinear.
   *
   * @param of what was quantized
   * @param by how
   * @param type of the integers
   */
  record Quantized(Activation of, FakeQuantize by, ElementType type) implements Operand {}

  /** The output of a node that could not be read, where the reading goes on to list all such. */
  record Unknown() implements Operand {}
}
