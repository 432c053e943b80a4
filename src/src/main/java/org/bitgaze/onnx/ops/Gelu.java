package org.bitgaze.onnx.ops;

import java.util.Optional;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.network.op.UnaryFunction;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Recognizes GELU where exporters write it as several nodes: x (1 + erf(x / sqrt(2))) / 2, or with
 * tanh(sqrt(2 / pi) (x + 0.044715 x^3)) instead of the error function. The half may stand at any of
 * the factors. As one operation it has one quantization point.
 */
final class Gelu {
  private static final double CLOSE = 1e-5;

  private Gelu() {}

  /**
   * A tensor as factor times another plus a number.
   *
   * @param node that computes the other
   */
  private record Line(double factor, double shift, Node node) {}

  /** Makes a product of two tensors a GELU, if it is one. */
  static boolean multiply(OnnxNode n, Activation x, Activation y) {
    Line a = line(n.graph(), x.node());
    Line b = line(n.graph(), y.node());
    return emit(n, x, a, b, 1) || emit(n, x, b, a, 1);
  }

  /** Makes a product with a number a GELU, if it is one. */
  static boolean scale(OnnxNode n, Activation product, double factor) {
    Node by = n.graph().node(product);
    if (!(by.op() instanceof Mul)) {
      return false;
    }
    Line a = line(n.graph(), by.inputs().get(0));
    Line b = line(n.graph(), by.inputs().get(1));
    return emit(n, product, a, b, factor) || emit(n, product, b, a, factor);
  }

  /** Follows sums and products with numbers back. */
  private static Line line(ImportedGraph graph, String name) {
    Node node = graph.node(name);
    double factor = 1;
    double shift = 0;
    while (node.op() instanceof ScalarAffine s) {
      shift += factor * s.shift();
      factor *= s.factor();
      node = graph.node(node.input());
    }
    return new Line(factor, shift, node);
  }

  /** factor (a x) (b erf(x / sqrt(2)) + b) is GELU if factor a b is a half. */
  private static boolean emit(OnnxNode n, Activation like, Line x, Line gate, double factor) {
    boolean half =
        x.shift == 0
            && is(gate.shift, gate.factor)
            && is(factor * x.factor * gate.factor, 0.5)
            && !gate.node.inputs().isEmpty();
    if (!half) {
      return false;
    }
    Optional<Boolean> tanh = gate(n.graph(), gate.node, x.node);
    tanh.ifPresent(t -> n.emit(new GELU(t), n.graph().made(x.node.name()).viewed(like.order())));
    return tanh.isPresent();
  }

  /** Whether a node is the error function or the hyperbolic tangent of GELU's argument. */
  private static Optional<Boolean> gate(ImportedGraph graph, Node node, Node x) {
    if (node.op() instanceof UnaryFunction f && f.kind() == UnaryFunction.Kind.ERF) {
      Line argument = line(graph, node.input());
      return found(
          argument.node.equals(x) && argument.shift == 0 && is(argument.factor, Math.sqrt(0.5)),
          false);
    }
    if (!(node.op() instanceof Tanh)) {
      return Optional.empty();
    }
    Line argument = line(graph, node.input());
    return found(argument.shift == 0 && isCubic(graph, argument, x), true);
  }

  private static Optional<Boolean> found(boolean yes, boolean tanh) {
    return yes ? Optional.of(tanh) : Optional.empty();
  }

  /** sqrt(2 / pi) (x + 0.044715 x^3), or sqrt(2 / pi) x (1 + 0.044715 x^2). */
  private static boolean isCubic(ImportedGraph graph, Line argument, Node x) {
    Node node = argument.node;
    if (node.inputs().size() != 2) {
      return false;
    }
    Line a = line(graph, node.inputs().get(0));
    Line b = line(graph, node.inputs().get(1));
    for (Line[] order : new Line[][] {{a, b}, {b, a}}) {
      Line one = order[0];
      Line other = order[1];
      boolean linear = one.node.equals(x) && one.shift == 0;
      double slope = argument.factor * one.factor;
      if (node.op() instanceof org.bitgaze.network.op.Add) {
        boolean cube = other.shift == 0 && isPower(graph, other.node, x, 3);
        if (linear && cube && isSlope(slope) && is(other.factor, 0.044715 * one.factor)) {
          return true;
        }
      } else if (node.op() instanceof Mul && linear && isPower(graph, other.node, x, 2)) {
        if (isSlope(slope * other.shift) && is(other.factor, 0.044715 * other.shift)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isSlope(double factor) {
    return is(factor, Math.sqrt(2 / Math.PI));
  }

  private static boolean isPower(ImportedGraph graph, Node node, Node x, int exponent) {
    Op op = node.op();
    if (op instanceof Pow p) {
      return p.exponent() == exponent && node.input().equals(x.name());
    }
    if (!(op instanceof Mul)) {
      return exponent == 1 && node.equals(x);
    }
    Node a = graph.node(node.inputs().get(0));
    Node b = graph.node(node.inputs().get(1));
    return (a.equals(x) && isPower(graph, b, x, exponent - 1))
        || (b.equals(x) && isPower(graph, a, x, exponent - 1));
  }

  private static boolean is(double value, double expected) {
    return Math.abs(value - expected) <= CLOSE * Math.abs(expected);
  }
}
