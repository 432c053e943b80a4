package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.Node;
import org.bitgaze.op.AdaptiveAvgPool2d;
import org.bitgaze.op.Add;
import org.bitgaze.op.Affine;
import org.bitgaze.op.AvgPool2d;
import org.bitgaze.op.BatchNorm2d;
import org.bitgaze.op.Cat;
import org.bitgaze.op.Clamp;
import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Flatten;
import org.bitgaze.op.HardSigmoid;
import org.bitgaze.op.HardSwish;
import org.bitgaze.op.Input;
import org.bitgaze.op.LeakyReLU;
import org.bitgaze.op.Linear;
import org.bitgaze.op.MaxPool2d;
import org.bitgaze.op.Mul;
import org.bitgaze.op.Op;
import org.bitgaze.op.Pad;
import org.bitgaze.op.PaddingMode;
import org.bitgaze.op.Permute;
import org.bitgaze.op.ReLU;
import org.bitgaze.op.ReLU6;
import org.bitgaze.op.Reshape;
import org.bitgaze.op.Sigmoid;
import org.bitgaze.op.Size;
import org.bitgaze.op.Slice;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.LogitQuantize;
import org.bitgaze.quant.Precision;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;

/** Walks a file's nodes in order; each becomes a constant, a name for another, or a node. */
final class Importer {
  private static final int MOST_NODES = 100_000;

  /** A tensor of the network, with its shape for a batch of one image. */
  private record Value(String node, int[] shape) {}

  /** A tensor that was quantized and waits for its DequantizeLinear. */
  private record Quantized(Value of, FakeQuantize by) {}

  private final String file;
  private final ModelProto model;
  private final boolean strict;
  private final Map<String, Object> known = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final Map<String, Constant[]> products = new HashMap<>();
  private String target = "";
  private NodeProto at;

  Importer(String file, ModelProto model, boolean strict) {
    this.file = file;
    this.model = model;
    this.strict = strict;
  }

  OnnxNetwork read() throws IOException {
    GraphProto g = model.getGraph();
    if (g.getNodeCount() == 0 || g.getNodeCount() > MOST_NODES || g.getOutputCount() != 1) {
      throw new IllegalArgumentException(
          "has " + g.getNodeCount() + " nodes and " + g.getOutputCount() + " outputs, not one");
    }
    for (TensorProto t : g.getInitializerList()) {
      known.put(t.getName(), Constant.of(t));
    }
    List<ValueInfoProto> inputs =
        g.getInputList().stream().filter(i -> !known.containsKey(i.getName())).toList();
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("has " + inputs.size() + " inputs, not one");
    }
    TensorShapeProto s = inputs.get(0).getType().getTensorType().getShape();
    if (s.getDimCount() != 4 || s.getDim(1).getDimValue() != 3) {
      throw new IllegalArgumentException("its input is not N x 3 x height x width");
    }
    long side = s.getDim(2).hasDimValue() ? s.getDim(2).getDimValue() : 224;
    long width = s.getDim(3).hasDimValue() ? s.getDim(3).getDimValue() : side;
    if (side != width || side < 1 || side > 4096) {
      throw new IllegalArgumentException("its images are " + width + "x" + side);
    }
    String input = inputs.get(0).getName();
    names.add(input);
    nodes.add(new Node(input, input, new Input(3), List.of()));
    known.put(input, new Value(input, new int[] {1, 3, (int) side, (int) side}));
    for (NodeProto node : g.getNodeList()) {
      at = node;
      try {
        node();
      } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
        String who =
            node.getName().isEmpty() && node.getOutputCount() > 0
                ? node.getOutput(0)
                : node.getName();
        throw new IllegalArgumentException(
            "node '"
                + Quoted.of(who)
                + "' ("
                + Quoted.of(node.getOpType())
                + "): "
                + e.getMessage(),
            e);
      }
    }
    if (!(known.get(g.getOutput(0).getName()) instanceof Value out) || out.shape.length != 2) {
      throw new IllegalArgumentException("its output is not N x classes");
    }
    Set<String> alive = new Graph(file, nodes).ancestors(out.node);
    if (!alive.contains(input)) {
      throw new IllegalArgumentException("its output does not depend on its input");
    }
    Graph graph = new Graph(file, nodes.stream().filter(n -> alive.contains(n.name())).toList());
    Network network = new Network(trailing(graph), new TensorMap(file, weights));
    network.check();
    return new OnnxNetwork(network, (int) side, target);
  }

  /** Marks the quantizations that only flattenings or others separate from the output. */
  private Graph trailing(Graph graph) {
    Map<String, Op> marked = new HashMap<>();
    for (Node n = graph.output(); ; n = graph.node(n.input())) {
      if (n.op() instanceof FakeQuantize q) {
        marked.put(n.name(), new LogitQuantize(q, strict));
      } else if (!(n.op() instanceof Flatten || n.op() instanceof Reshape)) {
        break;
      }
    }
    return new Graph(
        file,
        graph.nodes().stream().map(n -> n.with(marked.getOrDefault(n.name(), n.op()))).toList());
  }

  private void node() {
    if (!at.getDomain().isEmpty() && !at.getDomain().equals("ai.onnx")) {
      throw new IllegalArgumentException(
          "operators of domain '" + Quoted.of(at.getDomain()) + "' are not supported");
    }
    List<Object> in = new ArrayList<>();
    for (String name : at.getInputList()) {
      if (!name.isEmpty() && !known.containsKey(name)) {
        throw new IllegalArgumentException(
            "takes '" + Quoted.of(name) + "', which nothing before it makes");
      }
      in.add(name.isEmpty() ? null : known.get(name));
    }
    String op = at.getOpType();
    switch (op) {
      case "Constant" -> define(constant());
      case "Identity", "Dropout" -> define(in.get(0));
      case "Cast" -> {
        Constant c = number(in, 0);
        int to = (int) integer("to", 1);
        define(
            new Constant(
                to,
                c.shape(),
                to == Constant.FLOAT
                    ? c.data()
                    : Arrays.stream(c.data()).map(d -> (long) d).toArray()));
      }
      case "Shape" -> define(Constant.integers(value(in, 0).shape));
      case "Gather" -> define(Folding.gather(number(in, 0), number(in, 1)));
      case "Conv" -> conv(in);
      case "Gemm", "MatMul" -> linear(in, op.equals("Gemm"));
      case "BatchNormalization" -> norm(in);
      case "Relu" -> emit(new ReLU(), in);
      case "Sigmoid" -> emit(new Sigmoid(), in);
      case "HardSwish" -> emit(new HardSwish(), in);
      case "HardSigmoid" -> emit(new HardSigmoid(real("alpha", .2f), real("beta", .5f)), in);
      case "LeakyRelu" -> emit(new LeakyReLU(real("alpha", .01f)), in);
      case "Clip" -> clip(in);
      case "Add", "Sub", "Mul", "Div" -> arithmetic(op, in);
      case "Concat" -> concat(in);
      case "Slice" -> slice(in);
      case "Split" -> split(in);
      case "Transpose" -> emit(new Permute(batchFirst(ints("perm", null))), in);
      case "Reshape" -> reshape(value(in, 0), number(in, 1).ints());
      case "Flatten" -> {
        if (integer("axis", 1) != 1) {
          throw new IllegalArgumentException("axis " + integer("axis", 1) + " is not supported");
        }
        emit(new Flatten(), in);
      }
      case "Unsqueeze", "Squeeze" -> squeeze(op, in);
      case "MaxPool", "AveragePool" -> pool(op, in);
      case "GlobalAveragePool" -> global(in, true);
      case "ReduceMean" -> {
        int[] axes = in.size() > 1 ? number(in, 1).ints() : ints("axes", null);
        for (int i = 0; axes != null && i < axes.length; i++) {
          axes[i] = Math.floorMod(axes[i], 4);
        }
        if (axes == null || !Arrays.equals(axes, new int[] {2, 3})) {
          throw new IllegalArgumentException("axes " + Arrays.toString(axes) + " not supported");
        }
        global(in, integer("keepdims", 1) != 0);
      }
      case "QuantizeLinear" -> quantize(in);
      case "DequantizeLinear" -> dequantize(in);
      default -> throw new IllegalArgumentException("this operator is not supported");
    }
  }

  private void conv(List<Object> in) {
    Value x = image(in);
    Constant w = number(in, 1);
    int[] k = w.shape();
    if (k.length != 4) {
      throw new IllegalArgumentException("weight has shape " + Arrays.toString(k));
    }
    if (!Arrays.equals(ints("kernel_shape", new int[] {k[2], k[3]}), new int[] {k[2], k[3]})) {
      throw new IllegalArgumentException("kernel_shape is not that of " + Arrays.toString(k));
    }
    Size stride = size("strides");
    Size dilation = size("dilations");
    int group = (int) integer("group", 1);
    int[] p = pads(x, k[2], k[3], stride, dilation);
    boolean same = p[0] == p[2] && p[1] == p[3];
    Value padded = same ? x : append(fresh(".pad"), new Pad(p[0], p[1], p[2], p[3]), List.of(x));
    boolean bias = in.size() > 2 && in.get(2) != null;
    String name =
        emit(
            new Conv2d(
                Math.multiplyExact(k[1], group),
                k[0],
                new Size(k[2], k[3]),
                stride,
                same ? new Size(p[0], p[1]) : Size.ZERO,
                dilation,
                group,
                bias,
                PaddingMode.ZEROS),
            List.of(padded));
    weights.put(name + ".weight", new Tensor(k, w.floats()));
    if (bias) {
      Constant b = number(in, 2);
      weights.put(name + ".bias", new Tensor(b.shape(), b.floats()));
    }
  }

  private int[] pads(Value x, int kh, int kw, Size stride, Size dilation) {
    String auto = text("auto_pad", "NOTSET");
    if (auto.equals("NOTSET")) {
      int[] p = ints("pads", new int[4]);
      if (p.length != 4) {
        throw new IllegalArgumentException("pads are " + Arrays.toString(p));
      }
      return p;
    }
    stride.atLeast(1, "stride");
    if (auto.equals("VALID")) {
      return new int[4];
    }
    if (!auto.equals("SAME_UPPER") && !auto.equals("SAME_LOWER")) {
      throw new IllegalArgumentException("auto_pad " + Quoted.of(auto) + " is not supported");
    }
    int h = same(x.shape[2], kh, stride.height(), dilation.height());
    int w = same(x.shape[3], kw, stride.width(), dilation.width());
    return auto.equals("SAME_UPPER")
        ? new int[] {h / 2, w / 2, h - h / 2, w - w / 2}
        : new int[] {h - h / 2, w - w / 2, h / 2, w / 2};
  }

  private static int same(int size, int kernel, int stride, int dilation) {
    int out = (size + stride - 1) / stride;
    return Math.max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size);
  }

  private void linear(List<Object> in, boolean gemm) {
    Constant w = number(in, 1);
    if (w.shape().length != 2
        || (gemm && (integer("transA", 0) != 0 || real("alpha", 1) != 1 || real("beta", 1) != 1))) {
      throw new IllegalArgumentException("only x W + b is supported");
    }
    Constant b = in.size() > 2 && in.get(2) != null ? number(in, 2) : null;
    boolean transposed = gemm && integer("transB", 0) != 0;
    affine(value(in, 0), w, transposed, b);
    if (!gemm) {
      products.put(at.getOutput(0), new Constant[] {w});
      known.put("\0" + at.getOutput(0), value(in, 0));
    }
  }

  private void affine(Value x, Constant w, boolean transposed, Constant b) {
    int out = w.shape()[transposed ? 0 : 1];
    int features = w.shape()[transposed ? 1 : 0];
    String name = emit(new Linear(features, out), List.of(x));
    float[] data = w.floats();
    if (!transposed) {
      float[] turned = new float[data.length];
      for (int i = 0; i < data.length; i++) {
        turned[i % out * features + i / out] = data[i];
      }
      data = turned;
    }
    weights.put(name + ".weight", new Tensor(new int[] {out, features}, data));
    float[] bias = new float[out];
    if (b != null) {
      if (b.data().length != out) {
        throw new IllegalArgumentException("bias has " + b.data().length + " of " + out);
      }
      bias = b.floats();
    }
    weights.put(name + ".bias", new Tensor(new int[] {out}, bias));
  }

  private void norm(List<Object> in) {
    Value x = image(in);
    String name = emit(new BatchNorm2d(x.shape[1], real("epsilon", 1e-5f)), List.of(x));
    String[] locals = {"weight", "bias", "running_mean", "running_var"};
    for (int i = 0; i < 4; i++) {
      Constant c = number(in, i + 1);
      weights.put(name + "." + locals[i], new Tensor(c.shape(), c.floats()));
    }
  }

  private void clip(List<Object> in) {
    double min =
        in.size() > 1 && in.get(1) != null ? number(in, 1).scalar("min") : Double.NEGATIVE_INFINITY;
    double max =
        in.size() > 2 && in.get(2) != null ? number(in, 2).scalar("max") : Double.POSITIVE_INFINITY;
    Op op =
        min == 0 && max == 6
            ? new ReLU6()
            : min == 0 && max == Double.POSITIVE_INFINITY ? new ReLU() : new Clamp(min, max);
    emit(op, in.subList(0, 1));
  }

  private void arithmetic(String op, List<Object> in) {
    if (in.get(0) instanceof Constant a && in.get(1) instanceof Constant b) {
      define(Folding.elementwise(op, a, b));
      return;
    }
    if (in.get(0) instanceof Value && in.get(1) instanceof Value) {
      if (op.equals("Sub") || op.equals("Div")) {
        throw new IllegalArgumentException("of two computed tensors is not supported");
      }
      emit(op.equals("Add") ? new Add() : new Mul(), in);
      return;
    }
    boolean first = in.get(0) instanceof Constant;
    Constant c = number(in, first ? 0 : 1);
    Value x = value(in, first ? 1 : 0);
    Constant[] product = products.get(at.getInput(first ? 1 : 0));
    if (op.equals("Add") && product != null && c.data().length == x.shape[1]) {
      affine((Value) known.get("\0" + at.getInput(first ? 1 : 0)), product[0], false, c);
      return;
    }
    double n = c.scalar("the constant");
    emit(
        switch (op) {
          case "Add" -> new Affine(1, n);
          case "Mul" -> new Affine(n, 0);
          case "Sub" -> first ? new Affine(-1, n) : new Affine(1, -n);
          default -> {
            if (first) {
              throw new IllegalArgumentException("by a computed tensor is not supported");
            }
            yield new Affine(1 / n, 0);
          }
        },
        List.of(x));
  }

  private void concat(List<Object> in) {
    if (in.stream().allMatch(Constant.class::isInstance)) {
      define(Folding.concat(in.stream().map(Constant.class::cast).toList()));
    } else if (axis(integer("axis", 1), value(in, 0).shape.length) == 1) {
      emit(new Cat(), in);
    } else {
      throw new IllegalArgumentException("only channels are joined");
    }
  }

  private void slice(List<Object> in) {
    int[] steps = in.size() > 4 ? number(in, 4).ints() : new int[] {1};
    int[] starts = number(in, 1).ints();
    int[] ends = number(in, 2).ints();
    int[] axes = in.size() > 3 ? number(in, 3).ints() : new int[] {0};
    if (starts.length != 1
        || ends.length != 1
        || axes.length != 1
        || steps.length != 1
        || steps[0] != 1) {
      throw new IllegalArgumentException("only one axis in steps of 1 is supported");
    }
    if (in.get(0) instanceof Constant c && c.shape().length == 1) {
      int n = c.data().length;
      double[] part = Arrays.copyOfRange(c.data(), bound(starts[0], n), bound(ends[0], n));
      define(new Constant(c.type(), new int[] {part.length}, part));
      return;
    }
    int[] shape = value(in, 0).shape;
    int axis = axis(axes[0], shape.length);
    emit(
        new Slice(axis, bound(starts[0], shape[axis]), bound(ends[0], shape[axis])),
        in.subList(0, 1));
  }

  private static int bound(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  private void split(List<Object> in) {
    Value x = value(in, 0);
    int axis = axis(integer("axis", 0), x.shape.length);
    int parts = at.getOutputCount();
    int each = (x.shape[axis] + parts - 1) / parts;
    int[] sizes = in.size() > 1 ? number(in, 1).ints() : ints("split", null);
    int start = 0;
    for (int i = 0; i < parts; i++) {
      int end = sizes == null ? Math.min(x.shape[axis], start + each) : start + sizes[i];
      put(at.getOutput(i), append(at.getOutput(i), new Slice(axis, start, end), List.of(x)));
      start = end;
    }
    if (start != x.shape[axis]) {
      throw new IllegalArgumentException("parts make " + start + " of " + x.shape[axis]);
    }
  }

  private void squeeze(String op, List<Object> in) {
    int[] axes = in.size() > 1 ? number(in, 1).ints() : ints("axes", null);
    if (axes == null) {
      throw new IllegalArgumentException("axes must be said");
    }
    boolean more = op.equals("Unsqueeze");
    if (in.get(0) instanceof Constant c) {
      define(new Constant(c.type(), more ? new int[] {1} : new int[0], c.data()));
      c.scalar("a constant");
      return;
    }
    int[] shape = value(in, 0).shape;
    int rank = shape.length + (more ? axes.length : 0);
    Set<Integer> at1 = new HashSet<>();
    for (int a : axes) {
      at1.add(axis(a, rank));
    }
    List<Integer> out = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      boolean one = at1.contains(i);
      int size = more && one ? 1 : shape[next++];
      if (more || !one) {
        out.add(size);
      }
    }
    reshape(value(in, 0), out.stream().mapToInt(Integer::intValue).toArray());
  }

  private void reshape(Value x, int[] wanted) {
    long all = Arrays.stream(x.shape).asLongStream().reduce(1, Math::multiplyExact);
    int[] to = wanted.clone();
    int open = -1;
    long rest = 1;
    for (int i = 0; i < to.length; i++) {
      to[i] = to[i] == 0 ? x.shape[i] : to[i];
      if (to[i] == -1) {
        open = i;
      } else {
        rest = Math.multiplyExact(rest, (long) to[i]);
      }
    }
    if (open >= 0) {
      to[open] = Math.toIntExact(all / rest);
    }
    if (to.length < 2 || to[0] != 1) {
      throw new IllegalArgumentException("makes " + Arrays.toString(to) + " of one image");
    }
    emit(new Reshape(Arrays.stream(to).skip(1).boxed().toList()), List.of(x));
  }

  private static List<Integer> batchFirst(int[] order) {
    if (order == null || order.length == 0 || order[0] != 0) {
      throw new IllegalArgumentException("moves the batch");
    }
    return Arrays.stream(order).skip(1).boxed().toList();
  }

  private void pool(String op, List<Object> in) {
    Value x = image(in);
    int[] k = ints("kernel_shape", new int[0]);
    if (k.length != 2 || at.getOutputCount() != 1) {
      throw new IllegalArgumentException("kernel_shape is " + Arrays.toString(k));
    }
    Size stride = size("strides");
    Size dilation = size("dilations");
    int[] p = pads(x, k[0], k[1], stride, dilation);
    if (p[0] != p[2] || p[1] != p[3] || (!op.equals("MaxPool") && !dilation.equals(Size.ONE))) {
      throw new IllegalArgumentException("pads " + Arrays.toString(p) + " are not supported");
    }
    boolean ceil = integer("ceil_mode", 0) != 0;
    Size kernel = new Size(k[0], k[1]);
    Size pad = new Size(p[0], p[1]);
    emit(
        op.equals("MaxPool")
            ? new MaxPool2d(kernel, stride, pad, dilation, ceil)
            : new AvgPool2d(kernel, stride, pad, ceil, integer("count_include_pad", 0) != 0),
        List.of(x));
  }

  private void global(List<Object> in, boolean keep) {
    Value x = image(in);
    if (x.shape[2] * x.shape[3] > 1) {
      target = x.node;
    }
    if (keep) {
      emit(AdaptiveAvgPool2d.of(1), List.of(x));
    } else {
      Value pooled = append(fresh(".pool"), AdaptiveAvgPool2d.of(1), List.of(x));
      emit(new Flatten(), List.of(pooled));
    }
  }

  private void quantize(List<Object> in) {
    Constant scale = number(in, 1);
    Constant zero =
        in.size() > 2 && in.get(2) != null
            ? number(in, 2)
            : new Constant(2, new int[0], new double[1]);
    Precision.IntegerRange range =
        switch (zero.type()) {
          case 2 -> new Precision.IntegerRange(0, 255);
          case 3 -> new Precision.IntegerRange(-128, 127);
          case 4 -> new Precision.IntegerRange(0, 65535);
          case 5 -> new Precision.IntegerRange(-32768, 32767);
          default -> throw new IllegalArgumentException("zero point of type " + zero.type());
        };
    float step = (float) scale.scalar("scale");
    if (!(step > 0) || !Float.isFinite(step)) {
      throw new IllegalArgumentException("scale is " + step + ", not positive");
    }
    FakeQuantize by = new FakeQuantize(step, (int) zero.scalar("zero point"), range);
    define(new Quantized(value(in, 0), by));
  }

  private void dequantize(List<Object> in) {
    Constant scale = number(in, 1);
    Constant zero = in.size() > 2 && in.get(2) != null ? number(in, 2) : null;
    for (double s : scale.data()) {
      if (!(s > 0)) {
        throw new IllegalArgumentException("scale is " + s + ", not positive");
      }
    }
    if (zero != null && zero.data().length != scale.data().length) {
      throw new IllegalArgumentException(
          zero.data().length + " zero points for " + scale.data().length + " scales");
    }
    if (in.get(0) instanceof Quantized q) {
      double z = zero == null ? 0 : zero.scalar("zero point");
      if ((float) scale.scalar("scale") != q.by.scale() || z != q.by.zeroPoint()) {
        throw new IllegalArgumentException("has not the scale of its QuantizeLinear");
      }
      emit(q.by, List.of(q.of));
    } else {
      define(Folding.dequantize(number(in, 0), scale, zero, (int) integer("axis", 1)));
    }
  }

  private Constant constant() {
    for (AttributeProto a : at.getAttributeList()) {
      switch (a.getName()) {
        case "value":
          return Constant.of(a.getT());
        case "value_int":
          return new Constant(Constant.INT64, new int[0], new double[] {a.getI()});
        case "value_float":
          return new Constant(Constant.FLOAT, new int[0], new double[] {a.getF()});
        case "value_ints":
          return Constant.integers(a.getIntsList().stream().mapToInt(Math::toIntExact).toArray());
        default:
      }
    }
    throw new IllegalArgumentException("holds no number or tensor");
  }

  private void define(Object value) {
    if (value == null) {
      throw new IllegalArgumentException("has no input");
    }
    put(at.getOutput(0), value);
  }

  private void put(String name, Object value) {
    if (known.put(name, value) != null) {
      throw new IllegalArgumentException("makes '" + Quoted.of(name) + "', which is there already");
    }
  }

  private String emit(Op op, List<?> inputs) {
    String name = at.getOutput(0);
    put(name, append(name, op, inputs));
    return name;
  }

  private Value append(String name, Op op, List<?> inputs) {
    List<Value> in = IntStream.range(0, inputs.size()).mapToObj(i -> value(inputs, i)).toList();
    if (!names.add(name)) {
      throw new IllegalArgumentException("makes '" + Quoted.of(name) + "' a second time");
    }
    int[] out =
        op.outputShape(
            in.stream().map(v -> Arrays.copyOfRange(v.shape, 1, v.shape.length)).toList());
    int[] shape = new int[out.length + 1];
    shape[0] = 1;
    long size = 1;
    for (int i = 0; i < out.length; i++) {
      shape[i + 1] = out[i];
      size = Math.multiplyExact(size, (long) out[i]);
      if (out[i] < 1 || size > 1L << 28) {
        throw new IllegalArgumentException("makes a tensor of " + Arrays.toString(out));
      }
    }
    nodes.add(new Node(name, name, op, in.stream().map(Value::node).toList()));
    return new Value(name, shape);
  }

  private String fresh(String suffix) {
    String name = at.getOutput(0) + suffix;
    while (names.contains(name)) {
      name += "_";
    }
    return name;
  }

  private static int axis(long axis, int rank) {
    long a = axis < 0 ? axis + rank : axis;
    if (a < 1 || a >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + rank + " is not supported");
    }
    return (int) a;
  }

  private static Value value(List<?> in, int i) {
    if (i < in.size() && in.get(i) instanceof Value v) {
      return v;
    }
    throw new IllegalArgumentException("input " + i + " is not a tensor that images decide");
  }

  private static Value image(List<?> in) {
    Value v = value(in, 0);
    if (v.shape.length != 4) {
      throw new IllegalArgumentException("takes images, but gets " + Arrays.toString(v.shape));
    }
    return v;
  }

  private static Constant number(List<Object> in, int i) {
    if (i < in.size() && in.get(i) instanceof Constant c) {
      return c;
    }
    throw new IllegalArgumentException("input " + i + " is not a constant");
  }

  private AttributeProto attribute(String name) {
    return at.getAttributeList().stream()
        .filter(a -> a.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private long integer(String name, long absent) {
    AttributeProto a = attribute(name);
    return a == null ? absent : a.getI();
  }

  private double real(String name, float absent) {
    AttributeProto a = attribute(name);
    return a == null ? absent : a.getF();
  }

  private String text(String name, String absent) {
    AttributeProto a = attribute(name);
    return a == null ? absent : a.getS().toStringUtf8();
  }

  private int[] ints(String name, int[] absent) {
    AttributeProto a = attribute(name);
    return a == null ? absent : a.getIntsList().stream().mapToInt(Math::toIntExact).toArray();
  }

  private Size size(String name) {
    int[] s = ints(name, new int[] {1, 1});
    if (s.length != 2) {
      throw new IllegalArgumentException(name + " are " + Arrays.toString(s));
    }
    return new Size(s[0], s[1]);
  }
}
