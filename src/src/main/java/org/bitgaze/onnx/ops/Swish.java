package org.bitgaze.onnx.ops;

import org.bitgaze.network.Node;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Recognizes activations that exporters write as several nodes: x sigmoid(x), x hardsigmoid(x), and
 * x relu6(x + 3) / 6. As one operation they have one quantization point, like integer kernels.
 */
final class Swish {
  private Swish() {}

  /** Makes a product a swish, if it is one. */
  static boolean multiply(OnnxNode n, Activation x, Activation y) {
    return isGated(n, x, y) || isGated(n, y, x);
  }

  private static boolean isGated(OnnxNode n, Activation x, Activation gate) {
    Node by = n.graph().node(gate);
    if (!by.inputs().equals(java.util.List.of(x.node()))) {
      return false;
    }
    if (by.op() instanceof Sigmoid) {
      n.emit(new SiLU(), x);
      return true;
    }
    if (by.op() instanceof HardSigmoid h && isSixth(h.slope()) && h.shift() == 0.5) {
      n.emit(new HardSwish(), x);
      return true;
    }
    return false;
  }

  /** Makes x relu6(x + 3) times a factor a hard swish, if the factor is 1 / 6. */
  static boolean divide(OnnxNode n, Activation product, double factor) {
    Node by = n.graph().node(product);
    if (!isSixth(factor) || !(by.op() instanceof Mul)) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      String x = by.inputs().get(i);
      Node clamp = n.graph().node(by.inputs().get(1 - i));
      if (is(clamp, new ReLU6())) {
        Node shifted = n.graph().node(clamp.input());
        if (is(shifted, new ScalarAffine(1, 3)) && shifted.input().equals(x)) {
          n.emit(new HardSwish(), new Activation(x, product.stored(), product.order()));
          return true;
        }
      }
    }
    return false;
  }

  private static boolean is(Node node, Op op) {
    return node.op().equals(op);
  }

  private static boolean isSixth(double factor) {
    return (float) factor == 1f / 6;
  }
}
