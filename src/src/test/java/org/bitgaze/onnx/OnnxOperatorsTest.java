package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Single operators, imported and compiled, against what ONNX's documents say they mean, in plain
 * Java on (3, 6, 6) values in [0, 1]; float32 sums in another order differ by 1e-6.
 */
class OnnxOperatorsTest {
  private static final int SIDE = 6;
  private static final double CLOSE = 1e-5;
  private static final int[] SCALAR = {};

  @TempDir private Path folder;

  /** A pixel of (3, 6, 6). */
  @FunctionalInterface
  private interface Pixel {
    double at(double[] x, int c, int i, int j);
  }

  private static double at(double[] x, int c, int i, int j) {
    return x[(c * SIDE + i) * SIDE + j];
  }

  private static boolean inside(int i, int j) {
    return i >= 0 && j >= 0 && i < SIDE && j < SIDE;
  }

  private static double[] each(double[] x, int channels, int height, int width, Pixel p) {
    double[] out = new double[channels * height * width];
    int next = 0;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          out[next++] = p.at(x, c, i, j);
        }
      }
    }
    return out;
  }

  private static double[] same(double[] x, Pixel p) {
    return each(x, 3, SIDE, SIDE, p);
  }

  /** A model whose output is {@code y}, and what it means. */
  private record Case(String name, OnnxModels model, UnaryOperator<double[]> meaning) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(String name, OnnxModels model, UnaryOperator<double[]> meaning) {
    return new Case(name, model, meaning);
  }

  private static OnnxModels model(int opset) {
    return OnnxModels.of(opset, SIDE);
  }

  /** The maximum or mean over a window that starts at (i, j), of pixels that are there. */
  private static double window(double[] x, int c, int i, int j, int k, boolean max, int count) {
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    int seen = 0;
    for (int a = i; a < i + k; a++) {
      for (int b = j; b < j + k; b++) {
        if (inside(a, b)) {
          sum += at(x, c, a, b);
          most = Math.max(most, at(x, c, a, b));
          seen++;
        }
      }
    }
    return max ? most : sum / (count > 0 ? count : seen);
  }

  private static double q8(double v, double scale, int zero, int low, int high) {
    float steps = (float) Math.rint((float) v * (1f / (float) scale)) + zero;
    return (Math.max(low, Math.min(high, steps)) - zero) * (float) scale;
  }

  static Stream<Case> cases() {
    int[] perChannel = {3, 1, 1};
    List<Case> all = new ArrayList<>();
    all.add(
        of(
            "Tanh",
            model(17).node("Tanh", "x", "y"),
            x -> same(x, (v, c, i, j) -> Math.tanh(at(v, c, i, j)))));
    all.add(
        of(
            "Elu of x - 0.5",
            model(17)
                .floats("h", SCALAR, .5f)
                .node("Sub", "x,h", "s")
                .node("Elu", "s", "y", "alpha", .7f),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double s = at(v, c, i, j) - .5;
                      return s > 0 ? s : .7 * Math.expm1(s);
                    })));
    all.add(
        of(
            "PRelu per channel of 0.5 - x",
            model(17)
                .floats("h", SCALAR, .5f)
                .floats("slope", perChannel, .1f, .2f, -.3f)
                .node("Sub", "h,x", "s")
                .node("PRelu", "s,slope", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double s = .5 - at(v, c, i, j);
                      return s >= 0 ? s : s * new double[] {.1, .2, -.3}[c];
                    })));
    all.add(
        of(
            "LeakyRelu with its default slope",
            model(11).floats("h", SCALAR, .5f).node("Sub", "x,h", "s").node("LeakyRelu", "s", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double s = at(v, c, i, j) - .5;
                      return s >= 0 ? s : s * .01;
                    })));
    all.add(of("Clip to nothing", model(17).node("Clip", "x", "y"), x -> x));
    all.add(
        of(
            "A constant of one element in two dimensions stands for all",
            model(17)
                .floats("half", new int[] {1, 1}, .5f)
                .floats("k", new int[] {3, 1, 1}, 2, 4, 6)
                .node("Mul", "half,k", "hk")
                .node("Add", "x,hk", "y"),
            x -> same(x, (v, c, i, j) -> at(v, c, i, j) + c + 1)));
    for (String op : List.of("Add", "Sub", "Mul", "Div")) {
      for (boolean first : new boolean[] {false, true}) {
        all.add(
            of(
                op + " of channels' constants, first " + first,
                model(13)
                    .floats("k", new int[] {1, 3, 1, 1}, 2, -3, .5f)
                    .node(op, first ? "k,x" : "x,k", "y"),
                x ->
                    same(
                        x,
                        (v, c, i, j) -> {
                          double k = new double[] {2, -3, .5}[c];
                          double a = first ? k : at(v, c, i, j);
                          double b = first ? at(v, c, i, j) : k;
                          return switch (op) {
                            case "Add" -> a + b;
                            case "Sub" -> a - b;
                            case "Mul" -> a * b;
                            default -> a / b;
                          };
                        })));
      }
    }
    all.add(
        of(
            "Div of a number by a tensor above 1",
            model(17).floats("two", SCALAR, 2).node("Add", "x,two", "s").node("Div", "two,s", "y"),
            x -> same(x, (v, c, i, j) -> 2 / (at(v, c, i, j) + 2))));
    all.add(
        of(
            "A constant divided by infinity is 0",
            model(17)
                .floats("one", SCALAR, 1)
                .floats("k", perChannel, 2, 3, 4)
                .node("Sub", "x,x", "zero")
                .node("Div", "one,zero", "infinite")
                .node("Div", "k,infinite", "none")
                .node("Add", "x,none", "y"),
            x -> x));
    all.add(
        of(
            "NHWC: concatenated rows, padded channels, gathered columns",
            model(17)
                .node("Transpose", "x", "t", "perm", new int[] {0, 2, 3, 1})
                .node("Concat", "t,t", "c", "axis", 1)
                .longs("p", 0, 1, 0, 0, 0, 0, 2, 1)
                .floats("v", SCALAR, 7)
                .node("Pad", "c,p,v", "d")
                .longs("columns", 5, 0)
                .node("Gather", "d,columns", "g", "axis", 2)
                .node("Transpose", "g", "y", "perm", new int[] {0, 3, 1, 2}),
            x ->
                each(
                    x,
                    4,
                    2 * SIDE + 1,
                    2,
                    (v, c, i, j) ->
                        c == 3 || i == 0 ? 7 : at(v, c, (i - 1) % SIDE, j == 0 ? 5 : 0))));
    all.add(
        of(
            "NHWC: constants, reductions and slopes along channels",
            OnnxModels.of(13, 1, SIDE, SIDE, 3)
                .floats("k", new int[] {3}, -1, 2, -3)
                .node("Mul", "x,k", "m")
                .floats("slope", new int[] {3}, .5f, 1, 2)
                .node("PRelu", "m,slope", "s")
                .node("ReduceMax", "s", "top", "axes", new int[] {3}, "keepdims", 1)
                .node("Sub", "s,top", "d")
                .node("Transpose", "d", "y", "perm", new int[] {0, 3, 1, 2}),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double[] s = {-.5 * at(v, 0, i, j), 2 * at(v, 1, i, j), -6 * at(v, 2, i, j)};
                      return s[c] - s[1];
                    })));
    all.add(
        of(
            "Sum, Max and Min of tensors and constants",
            model(13)
                .floats("low", SCALAR, .2f)
                .floats("k", perChannel, 0, 1, 2)
                .node("Mul", "x,x", "q")
                .node("Sum", "x,q,k", "s")
                .node("Max", "x,q,low", "most")
                .node("Min", "s,most", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double a = at(v, c, i, j);
                      return Math.min(a + a * a + c, Math.max(Math.max(a, a * a), .2f));
                    })));
    all.add(
        of(
            "Max and Min with a number per channel",
            model(17)
                .floats("k", perChannel, 0, .25f, .5f)
                .node("Max", "x,k", "m")
                .node("Min", "k,m,x", "y"),
            x -> same(x, (v, c, i, j) -> Math.min(c / 4., at(v, c, i, j)))));
    all.add(
        of(
            "Selu of x - 0.5",
            model(17).floats("h", SCALAR, .5f).node("Sub", "x,h", "s").node("Selu", "s", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double s = at(v, c, i, j) - .5;
                      return 1.0507009873554805 * (s > 0 ? s : 1.6732632423543772 * Math.expm1(s));
                    })));
    all.add(
        of(
            "LRN over an even number of channels",
            model(13).node("LRN", "x", "y", "size", 2, "alpha", 2f, "beta", .5f, "bias", .3f),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double next = c < 2 ? at(v, c + 1, i, j) : 0;
                      double own = at(v, c, i, j);
                      return own / Math.sqrt(.3 + own * own + next * next);
                    })));
    all.add(
        of(
            "Pad with negative pads",
            model(13).longs("p", 0, 0, -1, 2, 0, -1, 1, -3).node("Pad", "x,p", "y"),
            x ->
                each(
                    x,
                    2,
                    SIDE,
                    SIDE - 1,
                    (v, c, i, j) -> i < SIDE - 1 && j >= 2 ? at(v, c, i + 1, j - 2) : 0)));
    all.add(
        of(
            "Operators on integers between a pair: range, pads, parts",
            model(13)
                .floats("scale", SCALAR, .01f)
                .ints("zero", 2, SCALAR, 20)
                .ints("low", 2, SCALAR, 10)
                .ints("high", 2, SCALAR, 90)
                .node("QuantizeLinear", "x,scale,zero", "q")
                .node("Clip", "q,low,high", "c")
                .longs("p", 0, 0, 1, 0, 0, 0, 0, 0)
                .node("Pad", "c,p", "padded")
                .node("Cast", "padded", "same", "to", 2)
                .node("DequantizeLinear", "same,scale,zero", "y"),
            x ->
                each(
                    x,
                    3,
                    SIDE + 1,
                    SIDE,
                    // The padding is the integer 0.
                    (v, c, i, j) -> i == 0 ? -.2 : q8(at(v, c, i - 1, j), .01, 20, 10, 90))));
    all.add(
        of(
            "A DequantizeLinear of another scale",
            model(13)
                .floats("scale", SCALAR, .01f)
                .floats("double", SCALAR, .02f)
                .ints("zero", 2, SCALAR, 20)
                .ints("other", 2, SCALAR, 10)
                .node("QuantizeLinear", "x,scale,zero", "q")
                .node("DequantizeLinear", "q,double,other", "y"),
            x -> same(x, (v, c, i, j) -> 2 * q8(at(v, c, i, j), .01, 20, 0, 255) + .2)));
    all.add(
        of(
            "Weights that are computed by any operators on constants",
            model(17)
                .floats("w", new int[] {1, 1, 3, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9)
                .node("Transpose", "w", "hwio", "perm", new int[] {3, 2, 1, 0})
                .node("ReduceMean", "hwio", "mean", "axes", new int[] {0, 1, 2, 3})
                .node("Sub", "hwio,mean", "centred")
                .node("Abs", "centred", "a")
                .node("ReduceMax", "a", "top", "keepdims", 0)
                .node("Div", "centred,top", "unit")
                .longs("times", 1, 1, 1, 3)
                .node("Tile", "unit,times", "unused")
                .node("Transpose", "unit", "back", "perm", new int[] {3, 2, 1, 0})
                .longs("copies", 3, 1, 3, 3)
                .node("Expand", "back,copies", "kernel")
                .node("Conv", "x,kernel", "y", "group", 3, "pads", new int[] {1, 1, 1, 1}),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double sum = 0;
                      for (int k = 0; k < 9; k++) {
                        int a = i + k / 3 - 1;
                        int b = j + k % 3 - 1;
                        sum += inside(a, b) ? (k - 4) / 4.0 * at(v, c, a, b) : 0;
                      }
                      return sum;
                    })));
    float[] spread = new float[36];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = (i * 7 % 11 - 5) / 5f;
    }
    all.add(
        of(
            "ConvTranspose with uneven pads and a bias",
            model(17)
                .floats("w", new int[] {3, 2, 2, 3}, spread)
                .floats("b", new int[] {2}, 1, -2)
                .node(
                    "ConvTranspose",
                    "x,w,b",
                    "y",
                    "strides",
                    new int[] {2, 2},
                    "pads",
                    new int[] {0, 1, 1, 0}),
            x ->
                each(
                    x,
                    2,
                    11,
                    12,
                    (v, c, i, j) -> {
                      double sum = c == 0 ? 1 : -2;
                      for (int k = 0; k < 3 * 2 * 3; k++) {
                        int row = i - k / 3 % 2;
                        int column = j + 1 - k % 3;
                        if (row % 2 == 0 && column % 2 == 0 && inside(row / 2, column / 2)) {
                          float w = spread[(k / 6 * 2 + c) * 6 + k % 6];
                          sum += w * at(v, k / 6, row / 2, column / 2);
                        }
                      }
                      return sum;
                    })));
    all.add(
        of(
            "ConvTranspose of groups with output padding",
            model(11)
                .floats("w", new int[] {3, 2, 3, 2}, spread)
                .node(
                    "ConvTranspose",
                    "x,w",
                    "y",
                    "group",
                    3,
                    "strides",
                    new int[] {2, 1},
                    "output_padding",
                    new int[] {1, 0},
                    "pads",
                    new int[] {1, 0, 1, 0}),
            x ->
                each(
                    x,
                    6,
                    12,
                    7,
                    (v, c, i, j) -> {
                      double sum = 0;
                      for (int k = 0; k < 3 * 2; k++) {
                        int row = i + 1 - k / 2;
                        int column = j - k % 2;
                        if (row % 2 == 0 && inside(row / 2, column)) {
                          sum += spread[c * 6 + k] * at(v, c / 2, row / 2, column);
                        }
                      }
                      return sum;
                    })));
    all.add(
        of(
            "float16 inside, and nodes in any order",
            model(17)
                .node("Add", "half,half", "twice")
                .node("Cast", "twice", "y", "to", 1)
                .node("Cast", "x", "half", "to", 10),
            x -> same(x, (v, c, i, j) -> 2 * at(v, c, i, j))));
    all.add(
        of(
            "Attributes of operator set 7: Slice, Pad, Clip, Upsample",
            model(7)
                .node(
                    "Slice",
                    "x",
                    "s",
                    "starts",
                    new int[] {1},
                    "ends",
                    new int[] {3},
                    "axes",
                    new int[] {1})
                .node("Pad", "s", "p", "pads", new int[] {0, 0, 1, 0, 0, 0, 0, 0}, "value", .5f)
                .node("Clip", "p", "c", "min", .25f, "max", .75f)
                .node("Upsample", "c", "y", "scales", new float[] {1, 1, 2, 1}),
            x ->
                each(
                    x,
                    2,
                    2 * SIDE + 2,
                    SIDE,
                    (v, c, i, j) ->
                        i < 2 ? .5 : Math.max(.25, Math.min(.75, at(v, c + 1, i / 2 - 1, j))))));
    all.add(
        of(
            "Sub and Div of tensors",
            model(14)
                .floats("two", SCALAR, 2)
                .node("Add", "x,two", "d")
                .node("Mul", "x,x", "s")
                .node("Sub", "s,x", "t")
                .node("Div", "t,d", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double a = at(v, c, i, j);
                      return (a * a - a) / (a + 2);
                    })));
    all.add(
        of(
            "Add of a tensor and its means, the smaller first",
            model(17).node("GlobalAveragePool", "x", "m").node("Add", "m,x", "y"),
            x -> same(x, (v, c, i, j) -> at(v, c, i, j) + window(v, c, 0, 0, SIDE, false, 0))));
    all.add(
        of(
            "hard swish, decomposed",
            model(17)
                .floats("three", SCALAR, 3)
                .floats("zero", SCALAR, 0)
                .floats("six", SCALAR, 6)
                .floats("k", SCALAR, 9)
                .node("Mul", "x,k", "big")
                .node("Sub", "big,six", "z")
                .node("Add", "z,three", "a")
                .node("Clip", "a,zero,six", "b")
                .node("Mul", "z,b", "p")
                .node("Div", "p,six", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double z = 9 * at(v, c, i, j) - 6;
                      return z * Math.max(0, Math.min(6, z + 3)) / 6;
                    })));
    all.add(
        of(
            "Pad with a value, axes as an input",
            model(18)
                .longs("p", 1, 0, 0, 2)
                .floats("value", SCALAR, -2)
                .longs("axes", 2, -1)
                .node("Pad", "x,p,value,axes", "y"),
            x ->
                each(
                    x,
                    3,
                    SIDE + 1,
                    SIDE + 2,
                    (v, c, i, j) -> inside(i - 1, j) ? at(v, c, i - 1, j) : -2)));
    all.add(
        of(
            "Pad that mirrors",
            model(13).longs("p", 0, 0, 2, 0, 0, 0, 0, 1).node("Pad", "x,p", "y", "mode", "reflect"),
            x ->
                each(
                    x,
                    3,
                    SIDE + 2,
                    SIDE + 1,
                    (v, c, i, j) -> at(v, c, Math.abs(i - 2), j == SIDE ? SIDE - 2 : j))));
    all.add(
        of(
            "Reshape with allowzero and no zero, Constant of floats",
            model(17)
                .longs("to", 1, 3, 36, 1)
                .node("Reshape", "x,to", "r", "allowzero", 1)
                .node("Constant", "", "k", "value_floats", new float[] {2})
                .node("Mul", "r,k", "y"),
            x -> same(x, (v, c, i, j) -> 2 * at(v, c, i, j))));
    for (boolean max : new boolean[] {true, false}) {
      for (int counts = 0; counts < (max ? 1 : 2); counts++) {
        int count = counts;
        OnnxModels m = model(19);
        int[] pads = {0, 1, 1, 2};
        m =
            max
                ? m.node("MaxPool", "x", "y", "kernel_shape", new int[] {3, 3}, "pads", pads)
                : m.node(
                    "AveragePool",
                    "x",
                    "y",
                    "kernel_shape",
                    new int[] {3, 3},
                    "pads",
                    pads,
                    "count_include_pad",
                    count);
        all.add(
            of(
                (max ? "MaxPool" : "AveragePool, counting " + count) + " with uneven pads",
                m,
                x ->
                    each(
                        x,
                        3,
                        5,
                        7,
                        (v, c, i, j) -> window(v, c, i, j - 1, 3, max, count == 1 ? 9 : 0))));
      }
    }
    all.add(
        of(
            "AveragePool SAME_UPPER",
            model(11)
                .node(
                    "AveragePool",
                    "x",
                    "y",
                    "kernel_shape",
                    new int[] {2, 2},
                    "auto_pad",
                    "SAME_UPPER"),
            x -> same(x, (v, c, i, j) -> window(v, c, i, j, 2, false, 0))));
    all.add(
        of(
            "MaxPool with ceil_mode",
            model(12)
                .node(
                    "MaxPool",
                    "x",
                    "y",
                    "kernel_shape",
                    new int[] {3, 3},
                    "strides",
                    new int[] {2, 2},
                    "ceil_mode",
                    1),
            x -> each(x, 3, 3, 3, (v, c, i, j) -> window(v, c, 2 * i, 2 * j, 3, true, 0))));
    for (int keep = 0; keep < 2; keep++) {
      OnnxModels attribute =
          model(17).node("ReduceMean", "x", "y", "axes", new int[] {-1, 2}, "keepdims", keep);
      OnnxModels input =
          model(18).longs("axes", 2, 3).node("ReduceMean", "x,axes", "y", "keepdims", keep);
      OnnxModels rows =
          model(18).longs("axes", 3).node("ReduceMean", "x,axes", "y", "keepdims", keep);
      all.add(
          of(
              "ReduceMean, attribute, keepdims " + keep,
              attribute,
              x -> each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0))));
      all.add(
          of(
              "ReduceMean, input, keepdims " + keep,
              input,
              x -> each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0))));
      all.add(
          of(
              "ReduceMean of rows, keepdims " + keep,
              rows,
              x ->
                  each(
                      x,
                      3,
                      SIDE,
                      1,
                      (v, c, i, j) ->
                          Arrays.stream(v, (c * SIDE + i) * SIDE, (c * SIDE + i + 1) * SIDE)
                              .average()
                              .orElseThrow())));
    }
    all.add(
        of(
            "Slice of two axes, one in steps and from behind",
            model(13)
                .longs("from", 1, -5)
                .longs("to", 3, Long.MAX_VALUE)
                .longs("axes", 1, 3)
                .longs("steps", 1, 2)
                .node("Slice", "x,from,to,axes,steps", "y"),
            x -> each(x, 2, SIDE, 3, (v, c, i, j) -> at(v, c + 1, i, 1 + 2 * j))));
    // What is added is a part of what it is added to, or all of it in another order.
    all.add(
        of(
            "Add of x and its first channel",
            model(13)
                .longs("from", 0)
                .longs("to", 1)
                .longs("axes", 1)
                .node("Slice", "x,from,to,axes", "red")
                .node("Add", "x,red", "y"),
            x -> same(x, (v, c, i, j) -> at(v, c, i, j) + at(v, 0, i, j))));
    all.add(
        of(
            "Add of x and its mirror image",
            model(13)
                .node("Transpose", "x", "t", "perm", new int[] {0, 1, 3, 2})
                .node("Add", "x,t", "y"),
            x -> same(x, (v, c, i, j) -> at(v, c, i, j) + at(v, c, j, i))));
    all.add(
        of(
            "Add of x and x",
            model(13).node("Add", "x,x", "y"),
            x -> same(x, (v, c, i, j) -> 2 * at(v, c, i, j))));
    TensorProto nothing =
        TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(0).build();
    all.add(
        of(
            "Pad as PyTorch's exporter computes its sizes: pairs, turned round",
            model(13)
                // As F.pad says them: left, right, top, bottom; four of eight, the rest is 0.
                .longs("said", 1, 2, 0, 3)
                .longs("rest", 4)
                .longs("pairs", -1, 2)
                .longs("last", -1)
                .longs("first", -9223372036854775807L)
                .longs("rows", 0)
                .longs("back", -1)
                .longs("vector", -1)
                .node("ConstantOfShape", "rest", "none", "value", nothing)
                .node("Concat", "said,none", "a", "axis", 0)
                .node("Reshape", "a,pairs", "b")
                .node("Slice", "b,last,first,rows,back", "c")
                .node("Transpose", "c", "d", "perm", new int[] {1, 0})
                .node("Reshape", "d,vector", "e")
                .node("Cast", "e", "f", "to", 7)
                .node("Pad", "x,f", "y"),
            x ->
                each(
                    x,
                    3,
                    SIDE + 3,
                    SIDE + 3,
                    (v, c, i, j) -> inside(i, j - 1) ? at(v, c, i, j - 1) : 0)));
    all.add(
        of(
            "Slices of a constant, backwards and by several axes",
            model(17)
                .floats("k", new int[] {2, 3, 2}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
                .longs("from", 9, -1)
                .longs("to", -9, -9)
                .longs("axes", 1, -1)
                .longs("steps", -2, -1)
                .longs("one", 1)
                .longs("two", 2)
                .longs("zero", 0)
                .longs("shape", 1, 1, 2, 2)
                .node("Slice", "k,from,to,axes,steps", "a")
                .node("Slice", "a,one,two,zero", "b")
                .node("Reshape", "b,shape", "c")
                .longs("s0", 0, 0)
                .longs("s1", 2, 2)
                .longs("s2", 2, 3)
                .node("Slice", "x,s0,s1,s2", "part")
                .node("Mul", "part,c", "y"),
            x ->
                each(
                    x,
                    3,
                    2,
                    2,
                    (v, c, i, j) -> at(v, c, i, j) * new int[][] {{11, 10}, {7, 6}}[i][j])));
    all.add(
        of(
            "outputs of training that nobody takes",
            model(13)
                .floats("one", new int[] {3}, 1, 1, 1)
                .floats("zero", new int[] {3}, 0, 0, 0)
                .node("BatchNormalization", "x,one,zero,zero,one", "n,m,v,sm,sv", "epsilon", 0f)
                .node("Dropout", "n", "d,mask")
                .node("MaxPool", "d", "y,indices", "kernel_shape", new int[] {1, 1}),
            x -> x));
    all.add(
        of(
            "Split by an attribute, parts swapped",
            model(11)
                .node("Split", "x", "a,b", "axis", 1, "split", new int[] {1, 2})
                .node("Concat", "b,a", "y", "axis", -3),
            x -> same(x, (v, c, i, j) -> at(v, (c + 1) % 3, i, j))));
    all.add(
        of(
            "Split by an input, parts swapped",
            model(13)
                .longs("sizes", 2, 1)
                .node("Split", "x,sizes", "a,b", "axis", 1)
                .node("Concat", "b,a", "y", "axis", 1),
            x -> same(x, (v, c, i, j) -> at(v, (c + 2) % 3, i, j))));
    all.add(
        of(
            "Split by num_outputs, the last part smaller",
            model(18)
                .node("Split", "x", "a,b", "axis", 1, "num_outputs", 2)
                .node("Concat", "b,a", "y", "axis", 1),
            x -> same(x, (v, c, i, j) -> at(v, (c + 2) % 3, i, j))));
    all.add(
        of(
            "Gather of one channel",
            model(13)
                .ints("last", 6, SCALAR, -1)
                .node("Gather", "x,last", "z", "axis", 1)
                .node("Flatten", "z", "y"),
            x -> each(x, 1, SIDE, SIDE, (v, c, i, j) -> at(v, 2, i, j))));
    for (String by : List.of("half_pixel", "asymmetric", "pytorch_half_pixel")) {
      all.add(
          of(
              "Resize nearest, " + by,
              model(13)
                  .floats("s", new int[] {4}, 1, 1, 2, 3)
                  .node(
                      "Resize",
                      "x,,s",
                      "y",
                      "coordinate_transformation_mode",
                      by,
                      "nearest_mode",
                      by.equals("asymmetric") ? "floor" : "round_prefer_floor"),
              x -> each(x, 3, 12, 18, (v, c, i, j) -> at(v, c, i / 2, j / 3))));
    }
    all.add(
        of(
            "Resize linear to a size",
            model(19).longs("size", 1, 3, 9, 6).node("Resize", "x,,,size", "y", "mode", "linear"),
            x ->
                each(
                    x,
                    3,
                    9,
                    6,
                    (v, c, i, j) -> {
                      double y = Math.max(0, Math.min(5, (i + .5) / 1.5 - .5));
                      int top = (int) y;
                      return at(v, c, top, j) * (1 - y + top)
                          + at(v, c, Math.min(5, top + 1), j) * (y - top);
                    })));
    all.add(
        of(
            "ConstantOfShape in shape arithmetic",
            model(17)
                .longs("one", 1)
                .node(
                    "ConstantOfShape",
                    "one",
                    "m",
                    "value",
                    ai.onnx.proto.OnnxMl.TensorProto.newBuilder()
                        .setDataType(7)
                        .addDims(1)
                        .addInt64Data(-1)
                        .build())
                .node("Shape", "x", "s", "start", 0, "end", 1)
                .node("Concat", "s,m", "to", "axis", 0)
                .node("Reshape", "x,to", "y"),
            x -> x));
    all.add(
        of(
            "Gemm with alpha and beta, one bias for all",
            model(17)
                .node("GlobalAveragePool", "x", "p")
                .node("Flatten", "p", "f")
                .floats("w", new int[] {3, 2}, 1, 2, 3, 4, 5, 6)
                .floats("b", new int[] {1}, 7)
                .node("Gemm", "f,w,b", "y", "alpha", .5f, "beta", 2f),
            x -> {
              double[] m = each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0));
              return new double[] {
                .5 * (m[0] + 3 * m[1] + 5 * m[2]) + 14, .5 * (2 * m[0] + 4 * m[1] + 6 * m[2]) + 14
              };
            }));
    all.add(
        of(
            "MatMul and Add",
            model(17)
                .node("GlobalAveragePool", "x", "p")
                .longs("to", 0, -1)
                .node("Reshape", "p,to", "f")
                .floats("w", new int[] {3, 2}, 1, 2, 3, 4, 5, 6)
                .floats("b", new int[] {2}, 7, 8)
                .node("MatMul", "f,w", "m")
                .node("Add", "b,m", "y"),
            x -> {
              double[] m = each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0));
              return new double[] {
                m[0] + 3 * m[1] + 5 * m[2] + 7, 2 * m[0] + 4 * m[1] + 6 * m[2] + 8
              };
            }));
    all.add(
        of(
            "BatchNormalization of features",
            model(15)
                .node("GlobalAveragePool", "x", "p")
                .node("Flatten", "p", "f")
                .floats("g", new int[] {3}, 1, 2, 3)
                .floats("b", new int[] {3}, .1f, .2f, .3f)
                .floats("mean", new int[] {3}, .4f, .5f, .6f)
                .floats("var", new int[] {3}, .25f, 1, 4)
                .node("BatchNormalization", "f,g,b,mean,var", "y", "epsilon", 0f),
            x -> {
              double[] m = each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0));
              return new double[] {
                (m[0] - .4) / .5 + .1, (m[1] - .5) * 2 + .2, (m[2] - .6) * 1.5 + .3
              };
            }));
    all.add(
        of(
            "Softmax at the end is left out",
            model(13)
                .node("GlobalAveragePool", "x", "p")
                .node("Flatten", "p", "f")
                .node("Softmax", "f", "s", "axis", -1)
                .node("Identity", "s", "y"),
            x -> each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0))));
    all.add(
        of(
            "int4 activations",
            model(21)
                .floats("scale", SCALAR, .09f)
                .ints("zero", 22, SCALAR, 0xd)
                .node("QuantizeLinear", "x,scale,zero", "q")
                .node("DequantizeLinear", "q,scale,zero", "y"),
            x -> same(x, (v, c, i, j) -> q8(at(v, c, i, j), .09f, -3, -8, 7))));
    all.add(
        of(
            "int16 activations of ONNX Runtime's domain",
            model(17)
                .floats("scale", SCALAR, 1e-4f)
                .ints("zero", 5, SCALAR, -100)
                .foreign("com.microsoft", "QuantizeLinear", "x,scale,zero", "q")
                .foreign("com.microsoft", "DequantizeLinear", "q,scale,zero", "y"),
            x -> same(x, (v, c, i, j) -> q8(at(v, c, i, j), 1e-4f, -100, -32768, 32767))));
    all.add(
        of(
            "float weights that are quantized in the file, per channel",
            model(13)
                .floats("w", new int[] {3, 1, 1, 1}, .34f, -1.26f, 9)
                .floats("scale", new int[] {3}, .1f, .01f, .05f)
                .ints("zero", 3, new int[] {3}, 0, 0, 0)
                .node("QuantizeLinear", "w,scale,zero", "q", "axis", 0)
                .node("DequantizeLinear", "q,scale,zero", "d", "axis", 0)
                .node("Conv", "x,d", "y", "group", 3),
            x ->
                same(
                    x,
                    // 0.34 / 0.1 is 3 steps, -1.26 / 0.01 is -126, 9 / 0.05 is beyond 127.
                    (v, c, i, j) -> at(v, c, i, j) * new double[] {.3, -1.26, 127 * .05}[c])));
    all.add(
        of(
            "NHWC, as TensorFlow has it",
            OnnxModels.of(13, 1, SIDE, SIDE, 3)
                .node("Transpose", "x", "t", "perm", new int[] {0, 3, 1, 2})
                .floats("k", new int[] {3, 1, 1}, 1, 2, 3)
                .node("Mul", "t,k", "y"),
            x -> same(x, (v, c, i, j) -> at(v, c, i, j) * (c + 1))));
    all.add(
        of(
            "ReduceMean of NHWC",
            OnnxModels.of(13, 1, SIDE, SIDE, 3)
                .node("ReduceMean", "x", "y", "axes", new int[] {1, 2}, "keepdims", 0),
            x -> each(x, 3, 1, 1, (v, c, i, j) -> window(v, c, 0, 0, SIDE, false, 0))));
    all.addAll(tokens());
    return all.stream();
  }

  /** Forms that transformers have, on 36 pixels as tokens of three features. */
  private static List<Case> tokens() {
    List<Case> all = new ArrayList<>();
    int[] back = {0, 2, 1};
    all.add(
        of(
            "Tokens first, the batch in the middle, and merged: Transpose, Reshape, Gemm",
            pixels()
                .node("Transpose", "t", "s", "perm", new int[] {1, 0, 2})
                .longs("merged", -1, 3)
                .node("Reshape", "s,merged", "r")
                .floats("w", new int[] {3, 3}, 0, 1, 0, 0, 0, 1, 1, 0, 0)
                .floats("b", new int[] {3}, 1, 2, 3)
                .node("Gemm", "r,w,b", "g", "transB", 1)
                .longs("apart", 36, 1, 3)
                .node("Reshape", "g,apart", "a")
                .node("Add", "a,s", "sum")
                .node("Transpose", "sum", "y", "perm", new int[] {1, 2, 0}),
            x -> same(x, (v, c, i, j) -> at(v, (c + 1) % 3, i, j) + at(v, c, i, j) + c + 1)));
    all.add(
        of(
            "Windows: a batch of two halves, attention within each",
            pixels()
                .longs("halves", 2, 18, 3)
                .node("Reshape", "t,halves", "h")
                .node("Transpose", "h", "k", "perm", back)
                .node("MatMul", "h,k", "s")
                .node("Softmax", "s", "p")
                .node("MatMul", "p,h", "c")
                .longs("all", 1, 36, 3)
                .node("Reshape", "c,all", "u")
                .node("Transpose", "u", "y", "perm", back),
            x -> same(x, (v, c, i, j) -> attended(v, c, i * SIDE + j, 18, 1))));
    all.add(
        of(
            "Convolutions of windows: each half by itself",
            model(17)
                .longs("halves", 3, 2, 3, SIDE)
                .node("Reshape", "x,halves", "h")
                .node("Transpose", "h", "b", "perm", new int[] {1, 0, 2, 3})
                .floats("w", new int[] {3, 1, 3, 1}, 1, 1, 1, 1, 1, 1, 1, 1, 1)
                .node("Conv", "b,w", "k", "group", 3, "pads", new int[] {1, 0, 1, 0})
                .node("Transpose", "k", "f", "perm", new int[] {1, 0, 2, 3})
                .longs("whole", 1, 3, SIDE, SIDE)
                .node("Reshape", "f,whole", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) -> {
                      double sum = 0;
                      for (int a = Math.max(i / 3 * 3, i - 1);
                          a <= Math.min(i / 3 * 3 + 2, i + 1);
                          a++) {
                        sum += at(v, c, a, j);
                      }
                      return sum;
                    })));
    all.add(
        of(
            "A class token in front, the parts of a product of three by index",
            pixels()
                .floats("token", new int[] {1, 1, 3}, 7, 8, 9)
                .node("Concat", "token,t", "with", "axis", 1)
                .longs("parts", 1, 37, 3, 1)
                .node("Reshape", "with,parts", "r")
                .node("Transpose", "r", "p", "perm", new int[] {2, 0, 1, 3})
                .ints("last", 6, SCALAR, 2)
                .node("Gather", "p,last", "y"),
            x -> {
              double[] out = new double[37];
              out[0] = 9;
              System.arraycopy(x, 2 * SIDE * SIDE, out, 1, SIDE * SIDE);
              return out;
            }));
    float[] threeTimes = new float[27];
    for (int i = 0; i < 27; i++) {
      threeTimes[i] = i / 9 == i % 3 ? 1 : 0;
    }
    double root = 1 / Math.sqrt(3);
    OnnxModels packed =
        pixels()
            .floats("w", new int[] {3, 9}, threeTimes)
            .foreign("com.microsoft", "Attention", "t,w", "a", "num_heads", 1);
    OnnxModels apart =
        pixels().foreign("com.microsoft", "MultiHeadAttention", "t,t,t", "a", "num_heads", 1);
    OnnxModels standard =
        pixels(23)
            .node("Attention", "t,t,t", "a", "q_num_heads", 1, "kv_num_heads", 1, "scale", 2f);
    for (OnnxModels m : List.of(packed, apart, standard)) {
      double scale = m == standard ? 2 : root;
      all.add(
          of(
              "Attention in one node, scaled by " + scale,
              m.node("Transpose", "a", "y", "perm", back),
              x -> same(x, (v, c, i, j) -> attended(v, c, i * SIDE + j, 36, scale))));
    }
    all.add(
        of(
            "FusedMatMul of a tensor and its transpose, FastGelu",
            pixels()
                .foreign("com.microsoft", "FusedMatMul", "t,t", "p", "transA", 1, "alpha", .1f)
                .foreign("com.microsoft", "FastGelu", "p", "y"),
            x -> {
              double[] out = new double[9];
              for (int k = 0; k < 9; k++) {
                double sum = 0;
                for (int i = 0; i < 36; i++) {
                  sum += .1 * x[k / 3 * 36 + i] * x[k % 3 * 36 + i];
                }
                double inner = Math.sqrt(2 / Math.PI) * (sum + .044715 * sum * sum * sum);
                out[k] = sum * (1 + Math.tanh(inner)) / 2;
              }
              return out;
            }));
    all.add(
        of(
            "Einsum with a constant, stacked along one letter",
            model(17)
                .floats("k", new int[] {3, 2, 6}, counting(36))
                .node("Einsum", "x,k", "y", "equation", "nchw,cow->nhco"),
            x -> {
              double[] out = new double[SIDE * 3 * 2];
              for (int o = 0; o < out.length; o++) {
                for (int w = 0; w < SIDE; w++) {
                  out[o] += at(x, o / 2 % 3, o / 6, w) * (o % 6 * SIDE + w);
                }
              }
              return out;
            }));
    all.add(
        of(
            "Where by a constant mask, Tile of rows, negative steps",
            model(17)
                .ints("mask", 9, new int[] {1, SIDE}, 1, 0, 1, 0, 1, 0)
                .floats("k", SCALAR, -2)
                .node("Where", "mask,x,k", "z")
                .longs("times", 1, 1, 2, 1)
                .node("Tile", "z,times", "m")
                .longs("a", -1)
                .longs("b", Long.MIN_VALUE)
                .longs("d", 3)
                .longs("e", -1)
                .node("Slice", "m,a,b,d,e", "y"),
            x ->
                each(
                    x,
                    3,
                    2 * SIDE,
                    SIDE,
                    (v, c, i, j) -> j % 2 == 0 ? -2 : at(v, c, i % SIDE, SIDE - 1 - j))));
    all.add(
        of(
            "A value assigned to a range of rows and columns",
            model(17)
                .tensor(box())
                .longs("a", 0, 0)
                .longs("b", 2, 3)
                .longs("axes", 2, 3)
                .node("Slice", "x,a,b,axes", "part")
                .node("ScatterND", "x,box,part", "y"),
            x ->
                same(
                    x,
                    (v, c, i, j) ->
                        i >= 1 && i < 3 && j >= 2 && j < 5
                            ? at(v, c, i - 1, j - 2)
                            : at(v, c, i, j))));
    return all;
  }

  /** The pixels as tokens, {@code t}: 1 x 36 x 3. */
  private static OnnxModels pixels() {
    return pixels(17);
  }

  private static OnnxModels pixels(int opset) {
    return model(opset)
        .longs("rows", 1, 3, -1)
        .node("Reshape", "x,rows", "f")
        .node("Transpose", "f", "t", "perm", new int[] {0, 2, 1});
  }

  /** The indices of rows 1 and 2, columns 2 to 4, in each channel. */
  private static TensorProto box() {
    TensorProto.Builder t = TensorProto.newBuilder().setName("box").setDataType(7);
    for (long size : new long[] {1, 3, 2, 3, 4}) {
      t.addDims(size);
    }
    for (int k = 0; k < 18; k++) {
      t.addInt64Data(0).addInt64Data(k / 6).addInt64Data(1 + k / 3 % 2).addInt64Data(2 + k % 3);
    }
    return t.build();
  }

  private static float[] counting(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }

  /** A feature of a token after attention to the tokens of its window. */
  private static double attended(double[] x, int feature, int token, int window, double scale) {
    double sum = 0;
    double weighted = 0;
    int first = token / window * window;
    for (int other = first; other < first + window; other++) {
      double score = 0;
      for (int c = 0; c < 3; c++) {
        score += x[c * SIDE * SIDE + token] * x[c * SIDE * SIDE + other];
      }
      sum += Math.exp(scale * score);
      weighted += Math.exp(scale * score) * x[feature * SIDE * SIDE + other];
    }
    return weighted / sum;
  }

  /** The models alone: their output is {@code y}. */
  static Stream<OnnxModels> models() {
    return cases().map(Case::model);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void meansWhatItSays(Case c) throws IOException {
    RgbImage image = image();
    double[] x = new double[3 * SIDE * SIDE];
    for (int i = 0; i < x.length; i++) {
      int channel = i / (SIDE * SIDE);
      x[i] = (float) ((image.pixels()[i % (SIDE * SIDE) * 3 + channel] & 0xff) / 255.0);
    }
    OnnxNetwork network = read(c.model, InputDescription.DEFAULT);
    double[] expected = c.meaning.apply(x);
    assertArrayEquals(expected, run(network, image), CLOSE);
  }

  @Test
  void coloursMayBeTurned() throws IOException {
    OnnxModels m =
        model(13).longs("a", 0).longs("b", 1).longs("c", 1).node("Slice", "x,a,b,c", "y");
    InputDescription bgr = InputDescription.DEFAULT.with(InputDescription.Channels.BGR);
    double[] first = run(read(m, bgr), image());
    for (int i = 0; i < first.length; i++) {
      assertEquals((image().pixels()[3 * i + 2] & 0xff) / 255.0, first[i], CLOSE);
    }
  }

  /** Exporters write swishes in several nodes; they are one operation, and one point. */
  @Test
  void swishesAreRecognized() throws IOException {
    OnnxModels m =
        model(17)
            .node("Sigmoid", "x", "s")
            .node("Mul", "x,s", "a")
            .node("HardSigmoid", "a", "h", "alpha", 1f / 6, "beta", .5f)
            .node("Mul", "h,a", "y");
    assertEquals(
        List.of("Input", "SiLU", "HardSwish", "Flatten"),
        read(m, InputDescription.DEFAULT).network().graph().nodes().stream()
            .map(Node::op)
            .map(op -> op.getClass().getSimpleName())
            .collect(Collectors.toList()));
  }

  /** Norms and GELU in several nodes are one operation, and one point. */
  @Test
  void normsAndGeluAreRecognized() throws IOException {
    OnnxModels m =
        model(17)
            .floats("two", SCALAR, 2)
            .floats("eps", SCALAR, 1e-5f)
            .floats("w", new int[] {SIDE}, counting(SIDE))
            .floats("root", SCALAR, (float) Math.sqrt(2))
            .floats("one", SCALAR, 1)
            .floats("half", SCALAR, .5f)
            .node("ReduceMean", "x", "mean", "axes", new int[] {-1})
            .node("Sub", "x,mean", "d")
            .node("Pow", "d,two", "sq")
            .node("ReduceMean", "sq", "v", "axes", new int[] {-1})
            .node("Add", "v,eps", "ve")
            .node("Sqrt", "ve", "s")
            .node("Div", "d,s", "u")
            .node("Mul", "u,w", "uw")
            .node("Add", "uw,w", "n")
            .node("Div", "n,root", "e0")
            .node("Erf", "e0", "e1")
            .node("Add", "e1,one", "e2")
            .node("Mul", "n,e2", "e3")
            .node("Mul", "e3,half", "y");
    assertEquals(
        List.of("Input", "LayerNorm", "GELU", "Flatten"),
        read(m, InputDescription.DEFAULT).network().graph().nodes().stream()
            .map(node -> node.op().getClass().getSimpleName())
            .toList());
  }

  /** What a batch norm absorbs has no output of its own. */
  @Test
  void foldedConvolutionsAreNotOffered() throws IOException {
    OnnxModels m =
        model(17)
            .floats("w", new int[] {3, 1, 1, 1}, 1, 2, 3)
            .floats("c", new int[] {3}, 1, 1, 1)
            .node("Conv", "x,w", "a", "group", 3)
            .node("BatchNormalization", "a,c,c,c,c", "b")
            .node("Transpose", "b", "y", "perm", new int[] {0, 2, 3, 1});
    OnnxNetwork network = read(m, InputDescription.DEFAULT);
    assertEquals(List.of("b"), network.targets());
    assertEquals("b", network.node("y"));
    assertArrayEquals(
        new int[] {3, SIDE, SIDE}, Shapes.of(network.network().graph(), SIDE, SIDE).get("b"));
  }

  /** A dimension that is not known to be the height or width is not taken for one. */
  @Test
  void tensorsOfUnknownLayoutAreNotTargets() throws IOException {
    OnnxModels m =
        model(17)
            .node("Relu", "x", "r")
            .longs("to", 1, 6, 6, 3)
            .node("Reshape", "r,to", "s")
            .node("Sigmoid", "s", "t")
            .node("Mul", "t,t", "y");
    OnnxNetwork network = read(m, InputDescription.DEFAULT);
    assertEquals(List.of("r"), network.targets());
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TargetLayer.resolve(network.network().graph(), "t", SIDE));
    assertTrue(e.getMessage().contains("are not channels, height and width"), e.getMessage());
  }

  static Stream<Case> refusals() {
    int[] two = {2, 2};
    return Stream.of(
        refused("attribute 'magic' is not", model(17).node("Relu", "x", "y", "magic", 1)),
        refused("attribute 'dilations'", pool("AveragePool", "dilations", two)),
        refused("ceil_mode", pool("MaxPool", "ceil_mode", 1, "pads", new int[] {0, 0, 1, 1})),
        refused("attribute 'auto_pad'", pool("MaxPool", "auto_pad", "SAME")),
        refused(
            "attribute 'kernel_shape' is INT",
            model(17).node("MaxPool", "x", "y", "kernel_shape", 2)),
        refused(
            "attribute 'mode'",
            model(13).longs("p", 0, 0, 1, 1, 0, 0, 1, 1).node("Pad", "x,p", "y", "mode", "fancy")),
        refused("add images", model(13).longs("p", 1, 0, 0, 0, 0, 0, 0, 0).node("Pad", "x,p", "y")),
        refused("attribute 'cubic_coeff_a'", resize("mode", "cubic", "cubic_coeff_a", -.5f)),
        refused("attribute 'antialias'", resize("mode", "linear", "antialias", 1)),
        refused("nearest by", resize("nearest_mode", "ceil")),
        refused("axis 0", model(17).node("Concat", "x,x", "y", "axis", 0)),
        refused("axis 0", model(17).longs("a", 0).longs("b", 1).node("Slice", "x,a,b", "y")),
        refused(
            "steps of 0",
            model(17)
                .longs("a", 5)
                .longs("b", 0)
                .longs("c", 3)
                .longs("d", 0)
                .node("Slice", "x,a,b,c,d", "y")),
        refused(
            "is the batch",
            model(17).ints("k", 6, SCALAR, 0).node("Gather", "x,k", "y", "axis", 0)),
        refused(
            "is the batch", model(17).node("Softmax", "x", "s", "axis", 0).node("Relu", "s", "y")),
        refused(
            "makes [0, -1]",
            model(17).longs("to", 0, -1).node("Reshape", "x,to", "y", "allowzero", 1)),
        refused(
            "twice",
            model(17)
                .longs("a", 0, 0)
                .longs("b", 2, 2)
                .longs("c", 1, -3)
                .node("Slice", "x,a,b,c", "y")),
        refused(
            "of 9 dimensions",
            model(17).longs("to", 1, 3, 6, 6, 1, 1, 1, 1, 1).node("Reshape", "x,to", "y")),
        refused(
            "too small",
            model(17)
                .floats("s", SCALAR, 1e-39f)
                .ints("z", 2, SCALAR, 0)
                .node("QuantizeLinear", "x,s,z", "q")
                .node("DequantizeLinear", "q,s,z", "y")),
        refused(
            "for 108 features",
            model(17)
                .floats("c", new int[] {3}, 1, 1, 1)
                .node("Flatten", "x", "f")
                .node("BatchNormalization", "f,c,c,c,c", "y")),
        refused("attribute 'to'", model(17).node("Cast", "x", "y", "to", 7)),
        refused(
            "training_mode is true",
            model(17)
                .floats("r", SCALAR, .5f)
                .ints("t", 9, SCALAR, 1)
                .node("Dropout", "x,r,t", "y")),
        refused(
            "attribute 'training_mode'",
            model(17)
                .floats("c", new int[] {3}, 1, 1, 1)
                .node("BatchNormalization", "x,c,c,c,c", "y", "training_mode", 1)),
        refused(
            "where one number",
            model(17)
                .floats("s", new int[] {3}, 1, 1, 1)
                .ints("z", 2, new int[] {3}, 0, 0, 0)
                .node("QuantizeLinear", "x,s,z", "q", "axis", 1)
                .node("DequantizeLinear", "q,s,z", "y", "axis", 1)),
        refused(
            "attribute 'block_size'",
            model(21).floats("s", SCALAR, 1).node("QuantizeLinear", "x,s", "y", "block_size", 2)),
        refused(
            "no DequantizeLinear follows",
            model(17)
                .floats("s", SCALAR, 1)
                .node("QuantizeLinear", "x,s", "q")
                .node("Sigmoid", "q", "y")),
        refused("QuantFormat.QDQ", model(17).foreign("com.microsoft", "QLinearSoftmax", "x", "y")),
        refused("QuantFormat.QDQ", model(17).node("ConvInteger", "x,x", "y")),
        refused(
            "scale of channel 1 is 0, but not all",
            model(17)
                .ints("w", 3, new int[] {3, 1, 1, 1}, 1, 2, 3)
                .floats("s", new int[] {3}, 1, 0, 1)
                .node("DequantizeLinear", "w,s", "d", "axis", 0)
                .node("Conv", "x,d", "y", "group", 3)),
        refused("domain 'com.example'", model(17).foreign("com.example", "Relu", "x", "y")),
        refused("domain 'com.microsoft'", model(17).foreign("com.microsoft", "Relu", "x", "y")),
        refused(
            "output 1, 'mask'",
            model(17).node("Dropout", "x", "d,mask").node("Add", "d,mask", "y")),
        refused("output 1, 'y'", model(17).node("MaxPool", "x", "m,y", "kernel_shape", two)),
        refused("operator set 6", OnnxModels.of(6, SIDE).node("Relu", "x", "y")),
        refused("operator set 24", OnnxModels.of(24, SIDE).node("Relu", "x", "y")),
        refused(
            "softmax is over axis",
            model(17)
                .node("GlobalAveragePool", "x", "p")
                .node("Softmax", "p", "s", "axis", 2)
                .node("Flatten", "s", "y")),
        refused(
            "pads and output_padding",
            model(17)
                .floats("w", new int[] {3, 1, 2, 2}, new float[12])
                .node("ConvTranspose", "x,w", "y", "output_shape", new int[] {12, 12})),
        refused("recurrent", model(17).node("LSTM", "x,x,x", "y")),
        refused("this operator", model(17).node("Det", "x", "s").node("Relu", "s", "y")),
        refused("batches of 4", OnnxModels.of(17, 4, 3, SIDE, SIDE).node("Relu", "x", "y")));
  }

  private static Case refused(String why, OnnxModels model) {
    return new Case(why, model, x -> x);
  }

  private static OnnxModels pool(String type, Object... attributes) {
    List<Object> all = new ArrayList<>(List.of("kernel_shape", new int[] {2, 2}));
    all.addAll(Arrays.asList(attributes));
    return model(19).node(type, "x", "y", all.toArray());
  }

  private static OnnxModels resize(Object... attributes) {
    return model(18).floats("s", new int[] {4}, 1, 1, 2, 2).node("Resize", "x,,s", "y", attributes);
  }

  /** The message says what, and of which node. */
  @ParameterizedTest
  @MethodSource("refusals")
  void isRefusedByName(Case c) {
    OnnxException e =
        assertThrows(OnnxException.class, () -> read(c.model, InputDescription.DEFAULT));
    assertTrue(e.getMessage().contains(c.name), e.getMessage());
    boolean ofNode =
        !c.name.startsWith("operator set")
            && !c.name.startsWith("batches")
            && !c.name.startsWith("softmax");
    assertEquals(ofNode, e.getMessage().contains("node '/"), e.getMessage());
  }

  private OnnxNetwork read(OnnxModels model, InputDescription description) throws IOException {
    Path file = folder.resolve("model.onnx");
    model.node("Flatten", "y", "flat").write(file, "flat");
    Preprocessing plain = Preprocessing.parse("resize=6,crop=6,mean=0/0/0,std=1/1/1");
    return OnnxNetwork.read(file, description.with(plain), ClippedLogits.STRICT);
  }

  private static RgbImage image() {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    new Random(7).nextBytes(pixels);
    return new RgbImage(SIDE, SIDE, pixels);
  }

  private double[] run(OnnxNetwork onnx, RgbImage image) throws IOException {
    ProgramText text = ProgramText.ofAttributes(onnx.network().graph(), Size.of(SIDE));
    InputText.of(onnx.preprocessing().normalization()).write(text);
    text.write(text.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable(text.graph().output().name()) + ")");
    Path file = folder.resolve("program.pt");
    TorchScriptArchive.write(file, text, onnx.network(), "images: Tensor) -> Tensor");
    try (Model model = TorchEngine.load(file);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, List.of(image)));
      float[] found = TorchEngine.run(model, in, 1).get(0).toFloatArray();
      double[] wide = new double[found.length];
      Arrays.setAll(wide, i -> found[i]);
      return wide;
    }
  }
}
