package org.bitgaze.network.op;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Where an operation writes its TorchScript: the inputs, the parameters, the lines before. */
public interface Script {

  /**
   * Returns the inputs.
   *
   * @return the variables that hold them, in order
   */
  List<String> inputs();

  /**
   * Returns the shape of the first input.
   *
   * @return (channels, height, width) or (features), without the batch dimension
   */
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

  /**
   * Returns the states of the node's random stream.
   *
   * @return an expression: int64 (N), one state per image
   */
  String stream();

  /**
   * Tells whether batch norms use the batch's statistics.
   *
   * @return false where they use running ones
   */
  boolean usesBatchStatistics();

  /**
   * Tells whether the first input may be overwritten: nobody reads it again, and nobody
   * differentiates.
   *
   * @return whether in-place operations are allowed on the first input
   */
  boolean mayOverwrite();

  /**
   * Returns when a convolution is to be given to oneDNN by name: PyTorch leaves it out on this
   * machine, it was right when it was tried with one such image in one thread, and nobody
   * differentiates.
   *
   * @param convolution the operation, which pads its first input with zeros if at all
   * @return a condition; nothing where PyTorch chooses
   */
  Optional<String> callsOneDnn(Conv2d convolution);

  /**
   * Adds a statement before the operation's own.
   *
   * @param expression what to compute
   * @return a new variable that holds it
   */
  String let(String expression);

  /**
   * Adds statements of which the program runs some, by a number that it is given.
   *
   * @param number a variable of the program that holds an int from 0
   * @param alternatives what each number stands for: writes its statements and returns an
   *     expression
   * @return a new variable that holds the value of the chosen expression
   */
  String choose(String number, List<Supplier<String>> alternatives);

  /**
   * Hands a value to the program beside the operation's output.
   *
   * @param name what the program knows it by
   * @param variable the variable that holds it
   */
  void expose(String name, String variable);

  /**
   * Returns the first input's dimensions but for the batch's.
   *
   * @return from 1, for functions that reduce each image to one value
   */
  default List<Integer> dimensions() {
    return IntStream.rangeClosed(1, shape().length).boxed().toList();
  }

  /**
   * Returns the first input.
   *
   * @return its variable
   */
  default String input() {
    return inputs().get(0);
  }

  /**
   * Returns how an element-wise function is called: in place where that is allowed.
   *
   * @param function PyTorch's name, of which there is also a form with {@code _}
   * @param arguments the arguments, the first being {@link #input}
   * @return an expression
   */
  default String elementwise(String function, Object... arguments) {
    return call(function + (mayOverwrite() ? "_" : ""), arguments);
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
