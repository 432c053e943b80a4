package org.bitgaze.testing;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.AddMask;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.ConstantDiv;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.ELU;
import org.bitgaze.network.op.Expand;
import org.bitgaze.network.op.Extremum;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.GroupNorm;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.InstanceNorm2d;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.LocalResponseNorm;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.PReLU;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Reciprocal;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Roll;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.network.op.Sub;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.network.op.UnaryFunction;
import org.bitgaze.quant.DynamicFakeQuantize;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Observe;
import org.bitgaze.quant.Range;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/** What each operation means, in plain Java and double precision, for one image. */
public final class Interpreter {
  private final Network network;

  /** Interprets a network whose parameters are not rounded. */
  public Interpreter(Graph graph, TensorSource weights) {
    this(new Network(graph, weights));
  }

  /** Interprets a network with parameters as its precisions round them. */
  public Interpreter(Network network) {
    this.network = network;
  }

  /** A tensor without batch dimension. */
  public record Value(int[] shape, double[] data) {
    private double at(int channel, int y, int x) {
      return data[(channel * shape[1] + y) * shape[2] + x];
    }
  }

  /** Evaluates all nodes, given the outputs of some. */
  public Map<String, Value> run(Map<String, Value> given) throws IOException {
    Map<String, Value> values = new HashMap<>(given);
    for (Node node : network.graph().nodes()) {
      if (!values.containsKey(node.name())) {
        List<Value> in = node.inputs().stream().map(values::get).toList();
        if (!in.isEmpty() && in.stream().allMatch(v -> v != null)) {
          values.put(node.name(), evaluate(node, in));
        }
      }
    }
    return values;
  }

  private Value evaluate(Node node, List<Value> in) throws IOException {
    Op op = node.op();
    Value x = in.get(0);
    if (op instanceof Constant c) {
      return new Value(sizes(c.shape()), parameter(node, "value"));
    } else if (op instanceof MatMul) {
      return product(x, in.get(1));
    } else if (op instanceof Softmax s) {
      return softmax(x, s.axis());
    } else if (op instanceof LayerNorm n) {
      double[] weight = parameter(node, "weight");
      double[] bias = parameter(node, "bias");
      Value y = standardized(x, n.features(), n.eps(), true);
      Arrays.setAll(y.data, i -> y.data[i] * weight[i % n.features()] + bias[i % n.features()]);
      return y;
    } else if (op instanceof RMSNorm n) {
      double[] weight = parameter(node, "weight");
      Value y = standardized(x, n.features(), n.eps(), false);
      Arrays.setAll(y.data, i -> y.data[i] * weight[i % n.features()]);
      return y;
    } else if (op instanceof GroupNorm n) {
      double[] weight = parameter(node, "weight");
      double[] bias = parameter(node, "bias");
      Value y = standardized(x, x.data.length / n.groups(), n.eps(), true);
      int perChannel = x.data.length / n.channels();
      Arrays.setAll(y.data, i -> y.data[i] * weight[i / perChannel] + bias[i / perChannel]);
      return y;
    } else if (op instanceof GELU g) {
      return map(
          x,
          g.tanh()
              ? v -> v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))) / 2
              : v -> v * (1 + erf(v / Math.sqrt(2))) / 2);
    } else if (op instanceof Reciprocal) {
      return map(x, v -> 1 / v);
    } else if (op instanceof Pow p) {
      return map(x, v -> Math.pow(v, p.exponent()));
    } else if (op instanceof Reduce r) {
      return reduce(r, x);
    } else if (op instanceof Conv2d c) {
      return convolve(c, x, parameter(node, "weight"), c.bias() ? parameter(node, "bias") : null);
    } else if (op instanceof ConvTranspose2d c) {
      return spread(c, x, parameter(node, "weight"), c.bias() ? parameter(node, "bias") : null);
    } else if (op instanceof Linear l) {
      double[] w = parameter(node, "weight");
      double[] b = parameter(node, "bias");
      double[] out = new double[x.data.length / l.in() * l.out()];
      for (int o = 0; o < out.length; o++) {
        out[o] = b[o % l.out()];
        for (int i = 0; i < l.in(); i++) {
          out[o] += w[o % l.out() * l.in() + i] * x.data[o / l.out() * l.in() + i];
        }
      }
      return new Value(op.outputShape(List.of(x.shape)), out);
    } else if (op instanceof BatchNorm2d b) {
      double[] gamma = parameter(node, "weight");
      double[] beta = parameter(node, "bias");
      double[] mean = parameter(node, "running_mean");
      double[] variance = parameter(node, "running_var");
      int plane = x.shape[1] * x.shape[2];
      double[] out = new double[x.data.length];
      for (int i = 0; i < out.length; i++) {
        int k = i / plane;
        out[i] = (x.data[i] - mean[k]) / Math.sqrt(variance[k] + b.eps()) * gamma[k] + beta[k];
      }
      return new Value(x.shape, out);
    } else if (op instanceof InstanceNorm2d b) {
      double[] gamma = parameter(node, "weight");
      double[] beta = parameter(node, "bias");
      int plane = x.shape[1] * x.shape[2];
      double[] out = new double[x.data.length];
      for (int k = 0; k < x.shape[0]; k++) {
        double[] channel = Arrays.copyOfRange(x.data, k * plane, (k + 1) * plane);
        double mean = Arrays.stream(channel).average().orElseThrow();
        double variance = Arrays.stream(channel).map(v -> (v - mean) * (v - mean)).sum() / plane;
        for (int p = 0; p < plane; p++) {
          double y = (channel[p] - mean) / Math.sqrt(variance + b.eps());
          out[k * plane + p] = y * gamma[k] + beta[k];
        }
      }
      return new Value(x.shape, out);
    } else if (op instanceof ReLU) {
      return map(x, v -> Math.max(v, 0));
    } else if (op instanceof ReLU6) {
      return map(x, v -> Math.min(Math.max(v, 0), 6));
    } else if (op instanceof LeakyReLU l) {
      return map(x, v -> v < 0 ? l.slope() * v : v);
    } else if (op instanceof SiLU) {
      return map(x, v -> v / (1 + Math.exp(-v)));
    } else if (op instanceof Tanh) {
      return map(x, Math::tanh);
    } else if (op instanceof ELU e) {
      return map(x, v -> v > 0 ? v : e.alpha() * Math.expm1(v));
    } else if (op instanceof HardSigmoid h) {
      return map(x, v -> Math.min(Math.max(h.slope() * v + h.shift(), 0), 1));
    } else if (op instanceof HardSwish) {
      return map(x, v -> v * Math.min(Math.max(v + 3, 0), 6) / 6);
    } else if (op instanceof Clamp c) {
      return map(x, v -> Math.min(Math.max(v, c.min()), c.max()));
    } else if (op instanceof ScalarAffine a) {
      return map(x, v -> a.factor() * v + a.shift());
    } else if (op instanceof PReLU p) {
      double[] slope = parameter(node, "weight");
      int each = x.data.length / p.slopes();
      double[] out = x.data.clone();
      Arrays.setAll(out, i -> out[i] < 0 ? slope[i / each] * out[i] : out[i]);
      return new Value(x.shape, out);
    } else if (op instanceof MulConstant c) {
      return both(x, new Value(sizes(c.shape()), parameter(node, "weight")), (a, b) -> a * b);
    } else if (op instanceof AddConstant c) {
      return both(x, new Value(sizes(c.shape()), parameter(node, "bias")), Double::sum);
    } else if (op instanceof AddMask c) {
      return both(x, new Value(sizes(c.shape()), parameter(node, "mask")), Double::sum);
    } else if (op instanceof ConstantDiv c) {
      return both(x, new Value(sizes(c.shape()), parameter(node, "weight")), (a, b) -> b / a);
    } else if (op instanceof Extremum e) {
      return both(x, in.get(1), e.max() ? Math::max : Math::min);
    } else if (op instanceof LocalResponseNorm l) {
      return respond(l, x);
    } else if (op instanceof UnaryFunction f) {
      return map(x, v -> function(f.kind(), v));
    } else if (op instanceof Sub) {
      return both(x, in.get(1), (a, b) -> a - b);
    } else if (op instanceof Div) {
      return both(x, in.get(1), (a, b) -> a / b);
    } else if (op instanceof Reshape r) {
      return new Value(sizes(r.sizes()), x.data);
    } else if (op instanceof Permute
        || op instanceof Slice
        || op instanceof Pad
        || op instanceof Gather
        || op instanceof Expand
        || op instanceof Roll) {
      return moved(op, x);
    } else if (op instanceof Interpolate i) {
      return interpolate(i, x);
    } else if (op instanceof Sigmoid) {
      return map(x, v -> 1 / (1 + Math.exp(-v)));
    } else if (op instanceof MaxPool2d p) {
      return pool(
          op, x, p.kernel(), p.stride(), p.padding(), p.dilation(), (seen, padded) -> max(seen));
    } else if (op instanceof AvgPool2d p) {
      return pool(
          op,
          x,
          p.kernel(),
          p.stride(),
          p.padding(),
          Size.ONE,
          (seen, padded) ->
              Arrays.stream(seen).sum() / (p.countIncludePad() ? padded : seen.length));
    } else if (op instanceof AdaptiveAvgPool2d p) {
      return adaptive(x, p.output());
    } else if (op instanceof Flatten) {
      return new Value(new int[] {x.data.length}, x.data);
    } else if (op instanceof Add) {
      return both(x, in.get(1), Double::sum);
    } else if (op instanceof Mul) {
      return both(x, in.get(1), (a, b) -> a * b);
    } else if (op instanceof Cat c) {
      return concatenated(c, in);
    } else if (op instanceof FakeQuantize q) {
      return fakeQuantize(x, q);
    } else if (op instanceof DynamicFakeQuantize q) {
      double min = Arrays.stream(x.data).min().orElseThrow();
      return fakeQuantize(x, new Range(min, max(x.data)).affine(q.integers()));
    } else if (op instanceof Dropout || op instanceof Observe || op instanceof Input) {
      return x;
    }
    throw new IllegalArgumentException("the tests do not say what " + op + " means");
  }

  private double[] parameter(Node node, String local) throws IOException {
    String name = node.name() + "." + local;
    Tensor stored = network.weights().read(name);
    ParameterPrecision precision = network.precisions().get(name);
    float[] data = (precision == null ? stored : precision.fakeQuantize(stored)).data();
    double[] wide = new double[data.length];
    Arrays.setAll(wide, i -> data[i]);
    return wide;
  }

  private static Value concatenated(Cat op, List<Value> in) {
    int[] shape = op.outputShape(in.stream().map(Value::shape).toList());
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < out.length; i++) {
      int[] at = indices(i, shape);
      int k = 0;
      while (at[op.axis() - 1] >= in.get(k).shape[op.axis() - 1]) {
        at[op.axis() - 1] -= in.get(k++).shape[op.axis() - 1];
      }
      out[i] = in.get(k).data[offset(at, in.get(k).shape)];
    }
    return new Value(shape, out);
  }

  private static Value product(Value x, Value y) {
    int[] shape = new MatMul().outputShape(List.of(x.shape, y.shape));
    int rank = shape.length;
    int inner = x.shape[rank - 1];
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < out.length; i++) {
      for (int k = 0; k < inner; k++) {
        int[] left = indices(i, shape);
        int[] right = left.clone();
        left[rank - 1] = k;
        right[rank - 2] = k;
        out[i] += x.data[offset(left, x.shape)] * y.data[offset(right, y.shape)];
      }
    }
    return new Value(shape, out);
  }

  private static Value softmax(Value x, int axis) {
    double[] exp = Arrays.stream(x.data).map(Math::exp).toArray();
    Value all = new Value(x.shape, exp);
    return both(
        all, reduce(new Reduce(Reduce.Kind.SUM, List.of(axis), true), all), (a, b) -> a / b);
  }

  /** Consecutive groups of values, each divided by its deviation from its mean or from 0. */
  private static Value standardized(Value x, int group, double eps, boolean centred) {
    double[] out = new double[x.data.length];
    for (int start = 0; start < out.length; start += group) {
      double[] values = Arrays.copyOfRange(x.data, start, start + group);
      double mean = centred ? Arrays.stream(values).average().orElseThrow() : 0;
      double square = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / group;
      for (int i = 0; i < group; i++) {
        out[start + i] = (values[i] - mean) / Math.sqrt(square + eps);
      }
    }
    return new Value(x.shape, out);
  }

  private static Value reduce(Reduce op, Value x) {
    int[] kept = x.shape.clone();
    op.axes().forEach(axis -> kept[axis - 1] = 1);
    double[] out = new double[Arrays.stream(kept).reduce(1, (a, b) -> a * b)];
    double count = (double) x.data.length / out.length;
    if (op.kind() == Reduce.Kind.MAX) {
      Arrays.fill(out, Double.NEGATIVE_INFINITY);
    }
    for (int i = 0; i < x.data.length; i++) {
      double v = x.data[i];
      int o = offset(indices(i, x.shape), kept);
      switch (op.kind()) {
        case MEAN -> out[o] += v / count;
        case SUM -> out[o] += v;
        case MAX -> out[o] = Math.max(out[o], v);
        case L2 -> out[o] += v * v;
      }
    }
    if (op.kind() == Reduce.Kind.L2) {
      Arrays.setAll(out, i -> Math.sqrt(out[i]));
    }
    return new Value(op.outputShape(List.of(x.shape)), out);
  }

  /** By a series of positive terms (Abramowitz and Stegun 7.1.6); beyond 6 it is 1 in double. */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double sum = 0;
    double term = x;
    for (int n = 0; n < 300; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** In float32, as the kernels: the result must be the same step. */
  private static Value fakeQuantize(Value x, FakeQuantize q) {
    float inverse = 1f / q.scale();
    return map(
        x,
        v -> {
          double integer = Math.rint((float) v * inverse) + q.zeroPoint();
          double clamped = Math.max(q.integers().qmin(), Math.min(q.integers().qmax(), integer));
          return (float) (clamped - q.zeroPoint()) * q.scale();
        });
  }

  private static Value map(Value x, DoubleUnaryOperator f) {
    return new Value(x.shape, Arrays.stream(x.data).map(f).toArray());
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static int[] sizes(List<Integer> sizes) {
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Element by element, where a size of 1 stands for all of the other's. */
  private static Value both(Value x, Value y, DoubleBinaryOperator f) {
    int[] shape = new int[x.shape.length];
    Arrays.setAll(shape, i -> Math.max(x.shape[i], y.shape[i]));
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < out.length; i++) {
      int[] at = indices(i, shape);
      out[i] = f.applyAsDouble(x.data[offset(at, x.shape)], y.data[offset(at, y.shape)]);
    }
    return new Value(shape, out);
  }

  private static int[] indices(int element, int[] shape) {
    int[] at = new int[shape.length];
    for (int d = shape.length - 1, rest = element; d >= 0; d--) {
      at[d] = rest % shape[d];
      rest /= shape[d];
    }
    return at;
  }

  private static int offset(int[] at, int[] shape) {
    int offset = 0;
    for (int d = 0; d < shape.length; d++) {
      offset = offset * shape[d] + (shape[d] == 1 ? 0 : at[d]);
    }
    return offset;
  }

  /** Each element of the output is one of the input's, or the border's. */
  private static Value moved(Op op, Value x) {
    int[] shape = op.outputShape(List.of(x.shape));
    double[] out = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < out.length; i++) {
      int[] at = indices(i, shape);
      int[] from = at.clone();
      if (op instanceof Permute p) {
        for (int d = 0; d < at.length; d++) {
          from[p.order().get(d) - 1] = at[d];
        }
      } else if (op instanceof Slice s) {
        from[s.axis() - 1] = s.start() + at[s.axis() - 1] * s.step();
      } else if (op instanceof Gather g) {
        from[g.axis() - 1] = g.indices().get(at[g.axis() - 1]);
      } else if (op instanceof Roll r) {
        from[r.axis() - 1] = Math.floorMod(at[r.axis() - 1] - r.shift(), shape[r.axis() - 1]);
      } else if (op instanceof Pad p) {
        from[1] -= p.top();
        from[2] -= p.left();
        if (from[1] < 0 || from[2] < 0 || from[1] >= x.shape[1] || from[2] >= x.shape[2]) {
          if (p.mode() == PaddingMode.ZEROS) {
            out[i] = p.value();
            continue;
          }
          from[1] = wrap(from[1], x.shape[1], p.mode());
          from[2] = wrap(from[2], x.shape[2], p.mode());
        }
      }
      out[i] = x.data[offset(from, x.shape)];
    }
    return new Value(shape, out);
  }

  private static Value interpolate(Interpolate op, Value x) {
    int[] shape = op.outputShape(List.of(x.shape));
    double[] out = new double[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < out.length; i++) {
      int[] at = indices(i, shape);
      if (op.kind() == Interpolate.Kind.CUBIC) {
        out[i] = cubic(x, at, shape);
        continue;
      }
      double y = source(op.kind(), at[1], x.shape[1], shape[1]);
      double z = source(op.kind(), at[2], x.shape[2], shape[2]);
      int top = (int) y;
      int left = (int) z;
      int bottom = Math.min(top + 1, x.shape[1] - 1);
      int right = Math.min(left + 1, x.shape[2] - 1);
      double above = x.at(at[0], top, left) * (1 - z + left) + x.at(at[0], top, right) * (z - left);
      double below =
          x.at(at[0], bottom, left) * (1 - z + left) + x.at(at[0], bottom, right) * (z - left);
      out[i] = above * (1 - y + top) + below * (y - top);
    }
    return new Value(shape, out);
  }

  private static double source(Interpolate.Kind kind, int i, int size, int output) {
    return switch (kind) {
      case NEAREST -> i * size / output;
      case LINEAR -> Math.min(size - 1, Math.max(0, (i + 0.5) * size / output - 0.5));
      case LINEAR_CORNERS -> output == 1 ? 0 : (double) i * (size - 1) / (output - 1);
      case CUBIC -> (i + 0.5) * size / output - 0.5;
    };
  }

  /** Four by four pixels around a point, those beyond the edge repeated. */
  private static double cubic(Value x, int[] at, int[] shape) {
    double y = source(Interpolate.Kind.CUBIC, at[1], x.shape[1], shape[1]);
    double z = source(Interpolate.Kind.CUBIC, at[2], x.shape[2], shape[2]);
    double sum = 0;
    for (int i = (int) Math.floor(y) - 1; i <= Math.floor(y) + 2; i++) {
      for (int j = (int) Math.floor(z) - 1; j <= Math.floor(z) + 2; j++) {
        double pixel =
            x.at(
                at[0],
                wrap(i, x.shape[1], PaddingMode.REPLICATE),
                wrap(j, x.shape[2], PaddingMode.REPLICATE));
        sum += keys(y - i) * keys(z - j) * pixel;
      }
    }
    return sum;
  }

  /** Keys' kernel with a = -0.75. */
  private static double keys(double distance) {
    double t = Math.abs(distance);
    return t <= 1
        ? 1.25 * t * t * t - 2.25 * t * t + 1
        : -0.75 * (t * t * t - 5 * t * t + 8 * t - 4);
  }

  /** Each pixel of the input adds its kernel to the output. */
  private static Value spread(ConvTranspose2d c, Value x, double[] w, double[] bias) {
    int[] shape = c.outputShape(List.of(x.shape));
    int inGroup = c.in() / c.groups();
    int outGroup = c.out() / c.groups();
    int plane = shape[1] * shape[2];
    double[] out = new double[shape[0] * plane];
    for (int i = 0; i < out.length; i++) {
      out[i] = bias == null ? 0 : bias[i / plane];
    }
    for (int at = 0; at < x.data.length; at++) {
      int i = at / (x.shape[1] * x.shape[2]);
      int row = at / x.shape[2] % x.shape[1] * c.stride().height() - c.padding().height();
      int column = at % x.shape[2] * c.stride().width() - c.padding().width();
      for (int o = i / inGroup * outGroup; o < (i / inGroup + 1) * outGroup; o++) {
        for (int ky = 0; ky < c.kernel().height(); ky++) {
          for (int kx = 0; kx < c.kernel().width(); kx++) {
            int y = row + ky * c.dilation().height();
            int z = column + kx * c.dilation().width();
            int wi =
                ((o * inGroup + i % inGroup) * c.kernel().height() + ky) * c.kernel().width() + kx;
            if (y >= 0 && y < shape[1] && z >= 0 && z < shape[2]) {
              out[o * plane + y * shape[2] + z] += w[wi] * x.data[at];
            }
          }
        }
      }
    }
    return new Value(shape, out);
  }

  private static Value convolve(Conv2d c, Value x, double[] w, double[] bias) {
    int[] shape = c.outputShape(List.of(x.shape));
    int inGroup = c.in() / c.groups();
    int outGroup = c.out() / c.groups();
    double[] out = new double[shape[0] * shape[1] * shape[2]];
    int next = 0;
    for (int o = 0; o < c.out(); o++) {
      for (int oy = 0; oy < shape[1]; oy++) {
        for (int ox = 0; ox < shape[2]; ox++) {
          double sum = bias == null ? 0 : bias[o];
          for (int i = 0; i < inGroup; i++) {
            for (int ky = 0; ky < c.kernel().height(); ky++) {
              for (int kx = 0; kx < c.kernel().width(); kx++) {
                int y =
                    oy * c.stride().height() - c.padding().height() + ky * c.dilation().height();
                int z = ox * c.stride().width() - c.padding().width() + kx * c.dilation().width();
                int wi = ((o * inGroup + i) * c.kernel().height() + ky) * c.kernel().width() + kx;
                sum += w[wi] * outside(x, o / outGroup * inGroup + i, y, z, c.paddingMode());
              }
            }
          }
          out[next++] = sum;
        }
      }
    }
    return new Value(shape, out);
  }

  private static double outside(Value x, int channel, int y, int z, PaddingMode mode) {
    boolean inside = y >= 0 && z >= 0 && y < x.shape[1] && z < x.shape[2];
    if (inside) {
      return x.at(channel, y, z);
    }
    return mode == PaddingMode.ZEROS
        ? 0
        : x.at(channel, wrap(y, x.shape[1], mode), wrap(z, x.shape[2], mode));
  }

  private static int wrap(int i, int size, PaddingMode mode) {
    return switch (mode) {
      case REPLICATE -> Math.max(0, Math.min(size - 1, i));
      case CIRCULAR -> Math.floorMod(i, size);
      default -> i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
    };
  }

  private interface Summary {
    /** Of the image's pixels in a window, and how many there are with the padding's. */
    double of(double[] seen, int padded);
  }

  private static Value pool(
      Op op, Value x, Size kernel, Size stride, Size padding, Size dilation, Summary summary) {
    int[] shape = op.outputShape(List.of(x.shape));
    double[] out = new double[shape[0] * shape[1] * shape[2]];
    int next = 0;
    for (int c = 0; c < shape[0]; c++) {
      for (int oy = 0; oy < shape[1]; oy++) {
        for (int ox = 0; ox < shape[2]; ox++) {
          DoubleStream.Builder seen = DoubleStream.builder();
          int padded = 0;
          for (int ky = 0; ky < kernel.height(); ky++) {
            for (int kx = 0; kx < kernel.width(); kx++) {
              int y = oy * stride.height() - padding.height() + ky * dilation.height();
              int z = ox * stride.width() - padding.width() + kx * dilation.width();
              if (y >= 0 && z >= 0 && y < x.shape[1] && z < x.shape[2]) {
                seen.add(x.at(c, y, z));
              }
              // A window that hangs over the padding, too, is cut off there.
              boolean inside =
                  y < x.shape[1] + padding.height() && z < x.shape[2] + padding.width();
              padded += inside ? 1 : 0;
            }
          }
          out[next++] = summary.of(seen.build().toArray(), padded);
        }
      }
    }
    return new Value(shape, out);
  }

  private static double function(UnaryFunction.Kind kind, double x) {
    return switch (kind) {
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case ABS -> Math.abs(x);
      case SOFTPLUS -> Math.log1p(Math.exp(x));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case MISH -> x * Math.tanh(Math.log1p(Math.exp(x)));
      case ERF -> erf(x);
    };
  }

  private static Value respond(LocalResponseNorm l, Value x) {
    double[] out = new double[x.data.length];
    int plane = x.shape[1] * x.shape[2];
    for (int i = 0; i < out.length; i++) {
      int c = i / plane;
      double sum = 0;
      int first = Math.max(0, c - (l.size() - 1) / 2);
      int last = Math.min(x.shape[0] - 1, c + l.size() / 2);
      for (int k = first; k <= last; k++) {
        sum += Math.pow(x.data[k * plane + i % plane], 2);
      }
      out[i] = x.data[i] / Math.pow(l.bias() + l.alpha() / l.size() * sum, l.beta());
    }
    return new Value(x.shape, out);
  }

  private static Value adaptive(Value x, Size size) {
    double[] out = new double[x.shape[0] * size.height() * size.width()];
    int next = 0;
    for (int c = 0; c < x.shape[0]; c++) {
      for (int oy = 0; oy < size.height(); oy++) {
        for (int ox = 0; ox < size.width(); ox++) {
          double sum = 0;
          int count = 0;
          int lastY = -Math.floorDiv(-(oy + 1) * x.shape[1], size.height());
          int lastX = -Math.floorDiv(-(ox + 1) * x.shape[2], size.width());
          for (int y = oy * x.shape[1] / size.height(); y < lastY; y++) {
            for (int z = ox * x.shape[2] / size.width(); z < lastX; z++) {
              sum += x.at(c, y, z);
              count++;
            }
          }
          out[next++] = sum / count;
        }
      }
    }
    return new Value(new int[] {x.shape[0], size.height(), size.width()}, out);
  }
}
