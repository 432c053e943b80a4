package org.bitgaze.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Node;
import org.bitgaze.graph.Op;
import org.bitgaze.graph.Shapes;

/**
 * Turns nodes into TorchScript statements in the form that {@code torch.jit} serializes. Where
 * nobody differentiates and nobody reads the input again, element-wise operations work in place.
 */
final class Statements {
  private final Graph graph;

  /** Shapes at the usual size; only the number of dimensions is used. */
  private final Shapes shapes;

  private final List<String> lines = new ArrayList<>();

  /** Node to the variable that holds its output. */
  private final Map<String, String> variables = new HashMap<>();

  /** Node to the node whose memory its output is (a flatten or dropout owns none). */
  private final Map<String, String> owners = new HashMap<>();

  /** Owner to its last reader, the only one that may overwrite it. */
  private final Map<String, String> lastReaders = new HashMap<>();

  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<String> observed = new ArrayList<>();

  /**
   * Whether batch norms use the batch's statistics, dropouts drop, and parameters are variables.
   */
  private final boolean training;

  private Statements(Graph graph, boolean training) {
    this.graph = graph;
    this.training = training;
    this.shapes = Shapes.of(graph, 224, 224);
    for (Node node : graph.nodes()) {
      owners.put(node.name(), isAlias(node) ? owners.get(node.input()) : node.name());
      for (String input : node.inputs()) {
        lastReaders.put(owners.get(input), node.name());
      }
    }
  }

  /** Starts a program that evaluates a network whose parameters are the module's attributes. */
  static Statements evaluating(Graph graph) {
    return new Statements(graph, false);
  }

  /** Starts a program that trains a network whose parameters are variables that it is given. */
  static Statements training(Graph graph) {
    return new Statements(graph, true);
  }

  /** Lines written so far, without indentation. */
  List<String> lines() {
    return lines;
  }

  /** Parameter name to the attribute that holds it, for every parameter that was read. */
  Map<String, String> attributes() {
    return attributes;
  }

  /** Names of the observed quantization points, in the order of the variables min_0, min_1, ... */
  List<String> observed() {
    return observed;
  }

  /** Adds a line as it is. */
  void raw(String line) {
    lines.add(line);
  }

  /** Makes a variable stand for a node's output from here on. */
  void bind(String node, String variable) {
    variables.put(node, variable);
  }

  /** Returns the variable that holds a node's output. */
  String variable(String node) {
    return variables.get(node);
  }

  /**
   * Writes the nodes' statements.
   *
   * @param nodes names, in graph order
   * @param inPlace whether a tensor that is read for the last time may be overwritten
   */
  void write(Collection<String> nodes, boolean inPlace) {
    for (Node node : graph.nodes()) {
      if (nodes.contains(node.name()) && !(node.op() instanceof Op.Input)) {
        write(node, inPlace);
      }
    }
  }

  private void write(Node node, boolean inPlace) {
    String x = variables.get(node.input());
    if (node.op() instanceof Op.Dropout
        || (node.op() instanceof Op.Cat && node.inputs().size() == 1)) {
      variables.put(node.name(), x);
      return;
    }
    String variable = identifier(node.name());
    variables.put(node.name(), variable);
    boolean overwrite =
        inPlace
            && node.name().equals(lastReaders.get(owners.get(node.input())))
            && !(graph.node(owners.get(node.input())).op() instanceof Op.Input);
    lines.add(variable + " = " + expression(node, x, overwrite ? "_" : ""));
    if (node.op() instanceof Op.Observe observe) {
      int i = observed.size();
      observed.add(observe.point());
      lines.add("flat_" + i + " = torch.flatten(" + variable + ", 1, -1)");
      lines.add("min_" + i + " = torch.amin(flat_" + i + ", [1], False)");
      lines.add("max_" + i + " = torch.amax(flat_" + i + ", [1], False)");
    }
  }

  private String expression(Node node, String x, String inPlace) {
    Op op = node.op();
    if (op instanceof Op.Conv2d c) {
      String bias = c.bias() ? attribute(node, "bias") : "None";
      return call(
          "conv2d",
          x,
          attribute(node, "weight"),
          bias,
          pair(c.stride()),
          pair(c.padding()),
          pair(1),
          c.groups());
    } else if (op instanceof Op.Linear) {
      return call("linear", x, attribute(node, "weight"), attribute(node, "bias"));
    } else if (op instanceof Op.BatchNorm2d b) {
      return call(
          "batch_norm",
          x,
          attribute(node, "weight"),
          attribute(node, "bias"),
          attribute(node, "running_mean"),
          attribute(node, "running_var"),
          training ? "True" : "False",
          "0.1",
          b.eps(),
          "False");
    } else if (op instanceof Op.ReLU) {
      return call("relu" + inPlace, x);
    } else if (op instanceof Op.ReLU6) {
      return call("hardtanh" + inPlace, x, "0.", "6.");
    } else if (op instanceof Op.SiLU) {
      return call("silu" + inPlace, x);
    } else if (op instanceof Op.Sigmoid) {
      return call("sigmoid" + inPlace, x);
    } else if (op instanceof Op.MaxPool2d p) {
      return call(
          "max_pool2d",
          x,
          pair(p.kernel()),
          pair(p.stride()),
          pair(p.padding()),
          pair(1),
          p.ceilMode() ? "True" : "False");
    } else if (op instanceof Op.AvgPool2d p) {
      return call(
          "avg_pool2d", x, pair(p.kernel()), pair(p.stride()), pair(0), "False", "True", "None");
    } else if (op instanceof Op.AdaptiveAvgPool2d p) {
      return call("adaptive_avg_pool2d", x, pair(p.size()));
    } else if (op instanceof Op.Flatten) {
      return call("flatten", x, 1, -1);
    } else if (op instanceof Op.Add) {
      return call("add" + inPlace, x, variables.get(node.inputs().get(1)));
    } else if (op instanceof Op.Mul) {
      return call("mul", x, variables.get(node.inputs().get(1)));
    } else if (op instanceof Op.Cat) {
      String all =
          node.inputs().stream().map(variables::get).collect(Collectors.joining(", ", "[", "]"));
      return call("cat", all, 1);
    } else if (op instanceof Op.FakeQuantize q) {
      return inPlace.isEmpty()
          ? call("fake_quantize_per_tensor_affine", x, q.scale(), q.zeroPoint(), q.qmin(), q.qmax())
          : overwritingFakeQuantize(x, q);
    } else if (op instanceof Op.DynamicFakeQuantize q) {
      return dynamic(node, x, q, !inPlace.isEmpty());
    } else if (op instanceof Op.Observe) {
      return x;
    }
    throw new IllegalArgumentException("no TorchScript for " + op);
  }

  /**
   * The same function as PyTorch's kernel to the bit, as four vectorized passes over memory that is
   * already in the cache; the kernel also writes a mask for the gradient, and takes longer.
   */
  private static String overwritingFakeQuantize(String x, Op.FakeQuantize q) {
    float scale = (float) q.scale();
    String steps = call("round_", call("mul_", x, (double) (1f / scale)));
    String clamped = call("clamp_", steps, q.qmin() - q.zeroPoint(), q.qmax() - q.zeroPoint());
    return call("mul_", clamped, (double) scale);
  }

  /**
   * One scale and zero point per image, from its own extremes. With gradients it is a per-channel
   * fake quantization along the batch axis; without, the same function in vectorized passes.
   */
  private String dynamic(Node node, String x, Op.DynamicFakeQuantize q, boolean overwrite) {
    String v = identifier(node.name());
    boolean isMap = shapes.get(node.input()).length == 3;
    String rest = isMap ? "[1, 2, 3]" : "[1]";
    lines.add(v + "_d = torch.detach(" + x + ")");
    lines.add(v + "_lo = " + call("clamp", call("amin", v + "_d", rest, "False"), "None", 0));
    lines.add(v + "_hi = " + call("clamp", call("amax", v + "_d", rest, "False"), 0, "None"));
    String step = call("div", call("sub", v + "_hi", v + "_lo"), (double) (q.qmax() - q.qmin()));
    lines.add(v + "_s = " + call("clamp", step, "1.1920928955078125e-07", "None"));
    String zero = call("rsub", call("round", call("div", v + "_lo", v + "_s")), q.qmin(), 1);
    lines.add(v + "_z = " + call("clamp", zero, q.qmin(), q.qmax()));
    if (!overwrite) {
      return call("fake_quantize_per_channel_affine", x, v + "_s", v + "_z", 0, q.qmin(), q.qmax());
    }
    String each = isMap ? "[-1, 1, 1, 1]" : "[-1, 1]";
    lines.add(v + "_s4 = " + call("view", v + "_s", each));
    lines.add(v + "_z4 = " + call("view", v + "_z", each));
    String scaled = call("mul_", x, call("reciprocal", v + "_s4"));
    String integers = call("add_", call("round_", scaled), v + "_z4");
    String clamped = call("clamp_", integers, q.qmin(), q.qmax());
    return call("mul_", call("sub_", clamped, v + "_z4"), v + "_s4");
  }

  private String attribute(Node node, String local) {
    String parameter = node.name() + "." + local;
    if (training) {
      return variableOf(parameter);
    }
    String attribute = identifier(parameter);
    attributes.put(parameter, attribute);
    return "self." + attribute;
  }

  /** The variable that a training program binds to a parameter before its first use. */
  static String variableOf(String parameter) {
    return "p_" + identifier(parameter);
  }

  private static boolean isAlias(Node node) {
    return node.op() instanceof Op.Dropout
        || node.op() instanceof Op.Flatten
        || node.op() instanceof Op.Observe
        || (node.op() instanceof Op.Cat && node.inputs().size() == 1);
  }

  private static String call(String function, Object... arguments) {
    StringBuilder s = new StringBuilder("torch.").append(function).append('(');
    for (int i = 0; i < arguments.length; i++) {
      s.append(i == 0 ? "" : ", ").append(arguments[i]);
    }
    return s.append(')').toString();
  }

  private static String pair(int value) {
    return String.format(Locale.ROOT, "[%d, %d]", value, value);
  }

  /** A torchvision path as a Python identifier; the paths differ where their identifiers do. */
  private static String identifier(String path) {
    return path.replace('.', '_');
  }
}
