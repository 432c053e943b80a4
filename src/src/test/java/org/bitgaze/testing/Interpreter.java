package org.bitgaze.testing;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.op.AdaptiveAvgPool2d;
import org.bitgaze.op.Add;
import org.bitgaze.op.AvgPool2d;
import org.bitgaze.op.BatchNorm2d;
import org.bitgaze.op.Cat;
import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Dropout;
import org.bitgaze.op.Flatten;
import org.bitgaze.op.ImageNorm2d;
import org.bitgaze.op.Input;
import org.bitgaze.op.LeakyReLU;
import org.bitgaze.op.Linear;
import org.bitgaze.op.MaxPool2d;
import org.bitgaze.op.Mul;
import org.bitgaze.op.Op;
import org.bitgaze.op.PaddingMode;
import org.bitgaze.op.ReLU;
import org.bitgaze.op.ReLU6;
import org.bitgaze.op.SiLU;
import org.bitgaze.op.Sigmoid;
import org.bitgaze.op.Size;
import org.bitgaze.quant.DynamicFakeQuantize;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Observe;
import org.bitgaze.quant.Range;
import org.bitgaze.weights.TensorSource;

/** What each operation means, in plain Java and double precision, for one image. */
public final class Interpreter {
  private final Graph graph;
  private final TensorSource weights;

  /** Means a graph with these parameters. */
  public Interpreter(Graph graph, TensorSource weights) {
    this.graph = graph;
    this.weights = weights;
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
    for (Node node : graph.nodes()) {
      if (!values.containsKey(node.name())) {
        List<Value> in = node.inputs().stream().map(values::get).toList();
        if (in.stream().allMatch(v -> v != null)) {
          values.put(node.name(), evaluate(node, in));
        }
      }
    }
    return values;
  }

  private Value evaluate(Node node, List<Value> in) throws IOException {
    Op op = node.op();
    Value x = in.get(0);
    if (op instanceof Conv2d c) {
      return convolve(c, x, parameter(node, "weight"), c.bias() ? parameter(node, "bias") : null);
    } else if (op instanceof Linear l) {
      double[] w = parameter(node, "weight");
      double[] out = parameter(node, "bias");
      for (int o = 0; o < l.out(); o++) {
        for (int i = 0; i < l.in(); i++) {
          out[o] += w[o * l.in() + i] * x.data[i];
        }
      }
      return new Value(new int[] {l.out()}, out);
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
    } else if (op instanceof ImageNorm2d b) {
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
      double[] y = in.get(1).data;
      double[] out = x.data.clone();
      Arrays.setAll(out, i -> x.data[i] + y[i]);
      return new Value(x.shape, out);
    } else if (op instanceof Mul) {
      Value y = in.get(1);
      int[] shape = op.outputShape(List.of(x.shape, y.shape));
      int plane = shape[1] * shape[2];
      double[] out = new double[shape[0] * plane];
      for (int i = 0; i < out.length; i++) {
        out[i] = broadcast(x, i, plane) * broadcast(y, i, plane);
      }
      return new Value(shape, out);
    } else if (op instanceof Cat) {
      int channels = in.stream().mapToInt(v -> v.shape[0]).sum();
      return new Value(
          new int[] {channels, x.shape[1], x.shape[2]},
          in.stream().flatMapToDouble(v -> DoubleStream.of(v.data)).toArray());
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
    float[] data = weights.read(node.name() + "." + local).data();
    double[] wide = new double[data.length];
    Arrays.setAll(wide, i -> data[i]);
    return wide;
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

  private static double broadcast(Value v, int index, int plane) {
    return v.shape[1] * v.shape[2] == plane ? v.data[index] : v.data[index / plane];
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
