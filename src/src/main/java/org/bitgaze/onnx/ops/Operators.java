package org.bitgaze.onnx.ops;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitgaze.onnx.file.Quoted;

/** All supported operators, from the classes that each know a family of them. */
public final class Operators {
  private static final Map<String, Operator> ON_TENSORS =
      byType(
          CopyOperators.ALL,
          LayerOperators.ALL,
          ActivationOperators.ALL,
          ArithmeticOperators.ALL,
          Einsum.ALL,
          FusedOperators.STANDARD,
          NormOperators.ALL,
          PoolOperators.ALL,
          ShapeOperators.ALL,
          PartOperators.ALL,
          ScatterOperators.ALL,
          QuantizeOperators.ALL);

  /** Of ONNX Runtime's domain; those on integers mean the same as ONNX's. */
  private static final Map<String, Operator> MICROSOFT =
      byType(FusedOperators.MICROSOFT, QuantizeOperators.ALL);

  private static final Map<String, Operator> ON_CONSTANTS =
      byType(ConstantOperators.ALL, ConstantArrays.ALL);

  /** Operators that move or select elements, so that they mean the same on integers. */
  private static final Set<String> KEEP_INTEGERS =
      Set.of(
          "Clip",
          "Concat",
          "DepthToSpace",
          "Expand",
          "Flatten",
          "Gather",
          "GlobalMaxPool",
          "MaxPool",
          "Max",
          "Min",
          "Pad",
          "Relu",
          "Reshape",
          "Resize",
          "Slice",
          "SpaceToDepth",
          "Split",
          "Squeeze",
          "Tile",
          "Transpose",
          "Unsqueeze",
          "Upsample");

  /** Operators of a file in the QOperator format. */
  private static final Set<String> ON_INTEGERS =
      Set.of("ConvInteger", "MatMulInteger", "QGemm", "MatMulIntegerToFloat");

  private static final Set<String> RECURRENT = Set.of("GRU", "LSTM", "RNN");

  private Operators() {}

  @SafeVarargs
  private static Map<String, Operator> byType(List<Operator>... families) {
    Map<String, Operator> all = new TreeMap<>();
    Stream.of(families).flatMap(List::stream).forEach(o -> all.put(o.type(), o));
    return all;
  }

  /** {@return the operators' names, sorted} */
  public static List<String> names() {
    Set<String> all = new TreeSet<>(ON_TENSORS.keySet());
    all.addAll(MICROSOFT.keySet());
    all.addAll(ON_CONSTANTS.keySet());
    return List.copyOf(all);
  }

  /** Whether an operator means the same on integers and on the values that they stand for. */
  static boolean keepsIntegers(String type) {
    return KEEP_INTEGERS.contains(type);
  }

  /**
   * Tells whether an operator is supported, on constants at least.
   *
   * @param domain of the operator
   * @param type its name
   * @return whether it is
   */
  public static boolean isSupported(String domain, String type) {
    boolean microsoft = domain.equals("com.microsoft");
    if ((isStandard(domain) || microsoft) && IntegerOperators.isRewritten(type)) {
      return true;
    }
    return isStandard(domain)
        ? ON_TENSORS.containsKey(type) || ON_CONSTANTS.containsKey(type)
        : microsoft && MICROSOFT.containsKey(type);
  }

  private static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /**
   * Finds an operator of ONNX's own domain, or one of ONNX Runtime's with the same meaning.
   *
   * @param constant whether all inputs are constants
   * @throws IllegalArgumentException if it is not supported
   */
  static Operator of(String domain, String type, boolean constant) {
    boolean rewritten = IntegerOperators.isRewritten(type) && !ON_TENSORS.containsKey(type);
    if (rewritten || !isSupported(domain, type)) {
      throw new IllegalArgumentException(unsupported(domain, type));
    }
    if (!isStandard(domain)) {
      return MICROSOFT.get(type);
    }
    Operator onConstants = ON_CONSTANTS.get(type);
    if (constant && onConstants != null) {
      return onConstants;
    }
    Operator operator = ON_TENSORS.get(type);
    if (operator == null) {
      throw new IllegalArgumentException("this operator is supported on constants only");
    }
    return operator;
  }

  private static String unsupported(String domain, String type) {
    if (type.startsWith("QLinear") || ON_INTEGERS.contains(type)) {
      return "this operator computes with integers (the QOperator format), which is not supported"
          + " here; export with quant_format=QuantFormat.QDQ, or run the file with --engine"
          + " onnxruntime";
    }
    if (isStandard(domain) && RECURRENT.contains(type)) {
      return "recurrent layers are not supported";
    }
    if (isStandard(domain)) {
      return "this operator is not supported";
    }
    return "operators of domain '"
        + Quoted.of(domain)
        + "' are not supported"
        + (domain.equals("com.microsoft")
            ? "; ONNX Runtime's optimizer writes them: use the file before optimization"
            : "");
  }
}
