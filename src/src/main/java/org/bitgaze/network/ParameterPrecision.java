package org.bitgaze.network;

import java.util.function.UnaryOperator;
import org.bitgaze.weights.Tensor;

/** How a parameter is rounded when a program is loaded: its fake quantization. */
public interface ParameterPrecision {

  /** {@return the number of bits of an integer} */
  int bits();

  /** {@return whether each output channel has its own scale} */
  boolean perChannel();

  /**
   * Rounds a parameter.
   *
   * @param weight (out, ...), finite
   * @return the fake-quantized values, of the same shape
   */
  Tensor fakeQuantize(Tensor weight);

  /**
   * Writes {@link #fakeQuantize} as TorchScript.
   *
   * @param weight an expression for the parameter
   * @param rank its number of dimensions
   * @param let adds a statement that assigns an expression to a new variable, and returns the
   *     variable
   * @return the variables that hold the result
   */
  Rounded torchScript(String weight, int rank, UnaryOperator<String> let);

  /**
   * A rounded parameter in a program.
   *
   * @param values the variable of the fake-quantized values
   * @param scale the variable of the scales: one number, or (out, 1, ...) per channel
   */
  record Rounded(String values, String scale) {}
}
