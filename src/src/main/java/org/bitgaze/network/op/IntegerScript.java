package org.bitgaze.network.op;

import java.util.List;

/**
 * What an operation's integer kernel may use. Inputs and output are bytes with a scale and a zero
 * point; those of the output follow the kernel's other arguments.
 */
public interface IntegerScript {

  /** {@return the variables that hold the inputs, in order} */
  List<String> inputs();

  /** {@return the shapes of the inputs without the batch dimension} */
  List<int[]> shapes();

  /**
   * Returns a parameter that is not quantized.
   *
   * @param local one of {@link Op#parameters}
   * @return an expression
   */
  String parameter(String local);

  /**
   * Returns weight and bias in the kernel's own format, to which they are packed once, when the
   * program is loaded.
   *
   * @param packing the format
   * @return an expression
   */
  String packed(Packing packing);

  /**
   * Writes a call of a kernel, which also computes a ReLU that follows.
   *
   * @param function a function of PyTorch's {@code quantized}, which also exists with {@code _relu}
   *     appended
   * @param arguments all arguments except scale and zero point
   * @return an expression
   */
  String kernel(String function, Object... arguments);

  /** {@return whether the kernel must also compute a ReLU that follows} */
  boolean relu();

  /**
   * How weights are packed.
   *
   * @param type PyTorch's class of the result
   * @param function a function of PyTorch's {@code quantized}; takes weight, bias and arguments
   * @param arguments the arguments after weight and bias
   */
  record Packing(String type, String function, List<Object> arguments) {
    /** Copies the list. */
    public Packing {
      arguments = List.copyOf(arguments);
    }
  }
}
