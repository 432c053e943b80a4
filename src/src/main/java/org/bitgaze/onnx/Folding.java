package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Arithmetic on shapes, done when the network is compiled. */
final class Folding {
  private Folding() {}

  /** Element-wise, a scalar or a vector of one element standing for all. */
  static Constant elementwise(String op, Constant a, Constant b) {
    boolean whole = !a.isFloat();
    DoubleBinaryOperator f =
        switch (op) {
          case "Add" -> Double::sum;
          case "Sub" -> (x, y) -> x - y;
          case "Mul" -> (x, y) -> x * y;
          default -> (x, y) -> whole ? (long) x / (long) y : x / y;
        };
    boolean wide = a.data().length >= b.data().length;
    Constant shaped = wide ? a : b;
    Constant other = wide ? b : a;
    int n = shaped.data().length;
    if (other.data().length != 1 && !Arrays.equals(a.shape(), b.shape())) {
      throw new IllegalArgumentException("has constants of different shapes");
    }
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      double x = a.data()[a.data().length == 1 ? 0 : i];
      double y = b.data()[b.data().length == 1 ? 0 : i];
      out[i] = f.applyAsDouble(x, y);
    }
    return new Constant(a.type(), shaped.shape(), out);
  }

  /** Elements of a vector. */
  static Constant gather(Constant vector, Constant indices) {
    double[] out = new double[indices.data().length];
    for (int i = 0; i < out.length; i++) {
      int k = indices.ints()[i];
      out[i] = vector.data()[k < 0 ? k + vector.data().length : k];
    }
    return new Constant(vector.type(), indices.shape(), out);
  }

  /** Vectors one behind the other. */
  static Constant concat(List<Constant> parts) {
    List<Double> all = new ArrayList<>();
    for (Constant part : parts) {
      for (double d : part.data()) {
        all.add(d);
      }
    }
    double[] data = all.stream().mapToDouble(Double::doubleValue).toArray();
    return new Constant(parts.get(0).type(), new int[] {data.length}, data);
  }

  /** Real numbers of integers: (q - zero point) scale, in float32 and per channel of an axis. */
  static Constant dequantize(Constant q, Constant scale, Constant zero, int axis) {
    int[] channel = channels(q, scale, axis);
    double[] out = new double[q.data().length];
    for (int i = 0; i < out.length; i++) {
      int c = channel[i];
      double z = zero == null ? 0 : zero.data()[zero.data().length == 1 ? 0 : c];
      out[i] = (float) (q.data()[i] - z) * (float) scale.data()[c];
    }
    return new Constant(Constant.FLOAT, q.shape(), out);
  }

  /** For each element the index of its scale. */
  private static int[] channels(Constant x, Constant scale, int axis) {
    int[] channel = new int[x.data().length];
    if (scale.data().length == 1) {
      return channel;
    }
    int at = axis < 0 ? axis + x.shape().length : axis;
    if (at < 0 || at >= x.shape().length || x.shape()[at] != scale.data().length) {
      throw new IllegalArgumentException(
          "has "
              + scale.data().length
              + " scales for axis "
              + axis
              + " of "
              + Arrays.toString(x.shape()));
    }
    int inner = 1;
    for (int i = at + 1; i < x.shape().length; i++) {
      inner *= x.shape()[i];
    }
    for (int i = 0; i < channel.length; i++) {
      channel[i] = i / inner % x.shape()[at];
    }
    return channel;
  }
}
