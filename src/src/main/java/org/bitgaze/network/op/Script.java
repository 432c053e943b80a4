package org.bitgaze.network.op;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What an operation's TorchScript may use: its inputs, its parameters, further statements. */
public interface Script {

  /** {@return the variables that hold the inputs, in order} */
  List<String> inputs();

  /** {@return the shape of the first input without the batch dimension} */
  int[] shape();

  /**
   * Returns a parameter.
   *
   * @param local one of {@link Op#parameters}
   * @return an expression
   */
  String parameter(String local);

  /**
   * Makes {@link #parameter} return a variable.
   *
   * @param local one of {@link Op#parameters}
   * @param variable what it returns from here on
   */
  void bindParameter(String local, String variable);

  /** {@return an expression for the states of the node's random stream: int64 (N)} */
  String stream();

  /** {@return whether batch norms use the batch's statistics; else they use running ones} */
  boolean usesBatchStatistics();

  /**
   * Tells whether the first input may be overwritten: nobody reads it again, and nobody
   * differentiates.
   *
   * @return whether in-place operations are allowed on the first input
   */
  boolean mayOverwrite();

  /**
   * Writes a convolution of the first input.
   *
   * @param convolution the operation, which pads with zeros if at all
   * @param weight the weight
   * @param bias the bias, or None
   * @return an expression
   */
  default String convolve(Conv2d convolution, String weight, String bias) {
    return convolution.conv2d(input(), weight, bias, convolution.padding());
  }

  /**
   * Adds a statement that assigns an expression to a new variable.
   *
   * @param expression the expression
   * @return the variable
   */
  String let(String expression);

  /**
   * Adds an {@code if} with one branch per alternative.
   *
   * @param number a variable of the program that holds the index of the alternative to run
   * @param alternatives each adds its statements and returns an expression
   * @return a new variable that holds the value of the expression that was run
   */
  String choose(String number, List<Supplier<String>> alternatives);

  /**
   * Gives the program a value besides the operation's output.
   *
   * @param name the value's name
   * @param variable the variable that holds it
   */
  void expose(String name, String variable);

  /** {@return the first input's dimensions except the batch, to reduce each image to one value} */
  default List<Integer> dimensions() {
    return IntStream.rangeClosed(1, shape().length).boxed().toList();
  }

  /** {@return the variable that holds the first input} */
  default String input() {
    return inputs().get(0);
  }

  /**
   * Writes a call of an element-wise function: in place if {@link #mayOverwrite}.
   *
   * @param function PyTorch's name, which also exists with {@code _} appended
   * @param arguments the arguments; the first is {@link #input}
   * @return an expression
   */
  default String elementwise(String function, Object... arguments) {
    return call(function + (mayOverwrite() ? "_" : ""), arguments);
  }

  /**
   * Writes a list of sizes or dimensions.
   *
   * @param batch the batch's entry, such as -1 for any size
   * @param others the entries of the other dimensions
   * @return an expression
   */
  static String list(Object batch, List<Integer> others) {
    StringBuilder s = new StringBuilder("[").append(batch);
    others.forEach(entry -> s.append(", ").append(entry));
    return s.append(']').toString();
  }

  /**
   * Writes a call.
   *
   * @param function a function of {@code torch}
   * @param arguments expressions, numbers, booleans
   * @return an expression
   */
  static String call(String function, Object... arguments) {
    StringBuilder s = new StringBuilder("torch.").append(function).append('(');
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      s.append(i == 0 ? "" : ", ");
      s.append(argument instanceof Boolean b ? (b ? "True" : "False") : argument);
    }
    return s.append(')').toString();
  }
}
