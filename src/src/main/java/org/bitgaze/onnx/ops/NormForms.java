package org.bitgaze.onnx.ops;

import java.util.Optional;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.Reciprocal;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Sub;
import org.bitgaze.network.op.UnaryFunction;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Recognizes norms where exporters write them as several nodes: d / sqrt(mean(d^2) + eps), where d
 * is x - mean(x) in a layer norm, and x in RMS norm, with means over one dimension.
 */
final class NormForms {
  private NormForms() {}

  /**
   * A root of a mean square.
   *
   * @param of what is squared
   * @param dimension the stored dimension over which the mean is taken
   */
  private record Root(Node of, double eps, int dimension) {}

  /** Makes a quotient a norm, if it is one. */
  static boolean divide(OnnxNode n, Activation d, Activation root) {
    return root(n.graph(), n.graph().node(root)).map(r -> emit(n, d, r)).orElse(false);
  }

  /** Makes a product with a reciprocal a norm, if it is one. */
  static boolean multiply(OnnxNode n, Activation x, Activation y) {
    return reciprocal(n, x, y) || reciprocal(n, y, x);
  }

  private static boolean reciprocal(OnnxNode n, Activation d, Activation y) {
    Node by = n.graph().node(y);
    boolean inverse = by.op() instanceof Reciprocal || isPower(by, -1);
    Optional<Root> root =
        inverse
            ? root(n.graph(), n.graph().node(by.input()))
            : isPower(by, -0.5)
                ? variance(n.graph(), n.graph().node(by.input()))
                : Optional.empty();
    return root.map(r -> emit(n, d, r)).orElse(false);
  }

  private static boolean emit(OnnxNode n, Activation d, Root r) {
    Node by = n.graph().node(d);
    if (!r.of.equals(by) || r.dimension >= d.stored().length) {
      return false;
    }
    int features = d.stored()[r.dimension];
    int axis = d.axisOf(r.dimension);
    if (by.op() instanceof Sub && by.inputs().size() == 2) {
      Activation x = n.graph().made(by.inputs().get(0));
      Optional<Integer> mean =
          mean(n.graph(), n.graph().node(by.inputs().get(1)), by.inputs().get(0));
      if (mean.isPresent() && mean.get() == r.dimension) {
        NormOperators.decomposed(n, new LayerNorm(features, r.eps), x.viewed(d.order()), axis);
        return true;
      }
    }
    NormOperators.decomposed(n, new RMSNorm(features, r.eps), d, axis);
    return true;
  }

  private static Optional<Root> root(ImportedGraph graph, Node node) {
    boolean root =
        isPower(node, 0.5)
            || (node.op() instanceof UnaryFunction f && f.kind() == UnaryFunction.Kind.SQRT);
    return root ? variance(graph, graph.node(node.input())) : Optional.empty();
  }

  /** A mean of squares plus a small number. */
  private static Optional<Root> variance(ImportedGraph graph, Node node) {
    double eps = 0;
    Node mean = node;
    if (node.op() instanceof ScalarAffine s && s.factor() == 1 && s.shift() >= 0) {
      eps = s.shift();
      mean = graph.node(node.input());
    }
    if (mean.inputs().size() != 1) {
      return Optional.empty();
    }
    Node square = graph.node(mean.input());
    boolean squared =
        isPower(square, 2)
            || (square.op() instanceof Mul
                && square.inputs().get(0).equals(square.inputs().get(1)));
    double epsilon = eps;
    return squared
        ? mean(graph, mean, square.name())
            .map(d -> new Root(graph.node(square.input()), epsilon, d))
        : Optional.empty();
  }

  /** The stored dimension of which a node is the mean, if it stays as 1. */
  private static Optional<Integer> mean(ImportedGraph graph, Node node, String of) {
    if (node.inputs().size() != 1 || !node.input().equals(of)) {
      return Optional.empty();
    }
    if (node.op() instanceof Reduce r
        && r.kind() == Reduce.Kind.MEAN
        && r.keepDims()
        && r.axes().size() == 1) {
      return Optional.of(r.axes().get(0));
    }
    if (node.op() instanceof AdaptiveAvgPool2d pool) {
      int[] image = graph.made(of).stored();
      boolean rows = pool.output().equals(new Size(image[2], 1));
      return rows && image[2] > 1 && image[3] > 1 ? Optional.of(3) : Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean isPower(Node node, double exponent) {
    return node.op() instanceof Pow p && p.exponent() == exponent;
  }
}
