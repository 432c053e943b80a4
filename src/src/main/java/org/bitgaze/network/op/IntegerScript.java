package org.bitgaze.network.op;

import java.util.List;

/**
 * Where an operation writes what an integer kernel computes: inputs are bytes with a scale and a
 * zero point, and so is the output, whose scale and zero point follow the arguments.
 */
public interface IntegerScript {

  /**
   * Returns the inputs.
   *
   * @return the variables that hold them, in order
   */
  List<String> inputs();

  /**
   * Returns the inputs' shapes.
   *
   * @return each (channels, height, width) or (features), without the batch dimension
   */
  List<int[]> shapes();

  /**
   * Returns a parameter that stays in floating point.
   *
   * @param local one of {@link Op#parameters}
   * @return an expression
   */
  String parameter(String local);

  /**
   * Returns the weights as a kernel wants them: integers in an order of its own, with the bias;
   * packed once, when the program is loaded.
   *
   * @param packing how they are packed
   * @return an expression
   */
  String packed(Packing packing);

  /**
   * Writes a call of a kernel that also clamps negative values where a ReLU follows.
   *
   * @param function a function of PyTorch's {@code quantized}, of which there is also a form with
   *     {@code _relu}
   * @param arguments all but scale and zero point
   * @return an expression
   */
  String kernel(String function, Object... arguments);

  /**
   * Tells whether a ReLU follows, which the kernel is to compute, too.
   *
   * @return false where the output is the operation's own
   */
  boolean relu();

  /**
   * How weights are packed.
   *
   * @param type PyTorch's class of the result
   * @param function a function of PyTorch's {@code quantized}; takes weight, bias and arguments
   * @param arguments what follows weight and bias
   */
  record Packing(String type, String function, List<Object> arguments) {
    /** Copies the list. */
    public Packing {
      arguments = List.copyOf(arguments);
    }
  }
}
