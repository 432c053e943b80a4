package org.bitgaze.onnx;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All operators that are read, from the classes that each know a family of them. */
final class Operators {
  private static final Map<String, Operator> ALL = new TreeMap<>();

  static {
    Stream.of(
            ConstantOperators.ALL,
            LayerOperators.ALL,
            ActivationOperators.ALL,
            ArithmeticOperators.ALL,
            PoolOperators.ALL,
            ShapeOperators.ALL,
            PartOperators.ALL,
            QuantizeOperators.ALL)
        .flatMap(List::stream)
        .forEach(o -> ALL.put(o.type(), o));
  }

  private Operators() {}

  /** The operators' names, sorted. */
  static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * Finds an operator of ONNX's own domain, or one of ONNX Runtime's that means the same.
   *
   * @throws IllegalArgumentException if it is not read
   */
  static Operator of(String domain, String type) {
    boolean ours = domain.isEmpty() || domain.equals("ai.onnx");
    boolean runtimes =
        domain.equals("com.microsoft")
            && QuantizeOperators.ALL.stream().anyMatch(o -> o.type().equals(type));
    if (!ours && !runtimes) {
      throw new IllegalArgumentException(
          "operators of domain '" + Quoted.of(domain) + "' are not supported");
    }
    Operator operator = ALL.get(type);
    if (operator == null) {
      throw new IllegalArgumentException("this operator is not supported");
    }
    return operator;
  }
}
