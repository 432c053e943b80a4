package org.bitgaze.torch;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.IntegerScript;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision;

/**
 * Writes a quantized graph's nodes as integer kernels. A kernel computes an operation, the ReLU
 * behind it and the quantization behind both: from bytes to bytes. What has no kernel, or neither
 * takes nor gives bytes, is computed in floating point as a simulation does it.
 *
 * <p>A mean over windows keeps more than its input's steps; where an integer kernel reads it, it is
 * rounded to them, as deployed networks do. This and the kernels' own roundings (of biases, to the
 * steps of the sums; of sums, by a multiplier) are all in which the two arithmetics differ.
 */
final class IntegerText {
  /** PyTorch's number of its unsigned bytes with a scale and a zero point. */
  static final int QUINT8 = 13;

  private static final int BYTE_BITS = 8;

  /** What a kernel's bytes may hold. */
  private static final Precision.IntegerRange BYTE = new Precision.IntegerRange(0, 255);

  private final ProgramText text;
  private final Graph graph;
  private final Set<String> nodes;
  private final Map<String, ParameterPrecision> precisions;

  /** Node to the variable that holds its output as bytes. */
  private final Map<String, String> bytes = new HashMap<>();

  /** Node to the variable that holds its output as floats. */
  private final Map<String, String> floats = new HashMap<>();

  /** Node to the steps that its bytes have, or would have. */
  private final Map<String, FakeQuantize> steps = new HashMap<>();

  private boolean wide;
  private final Set<Node> kernels = new LinkedHashSet<>();
  private final Set<Node> simulated = new LinkedHashSet<>();

  /**
   * Starts with a text whose input is bound.
   *
   * @param text where statements go
   * @param network the network, which says what weights are rounded to
   * @param nodes names of those to write; all their inputs are among them, or the graph's input
   */
  IntegerText(ProgramText text, Network network, Set<String> nodes) {
    this.text = text;
    this.nodes = nodes;
    this.graph = text.graph();
    this.precisions = network.precisions();
    Node input = graph.nodes().get(0);
    if (input.op() instanceof Input) {
      floats.put(input.name(), text.variable(input.name()));
    }
  }

  /**
   * Writes the nodes' statements.
   *
   * @return which operations kernels compute, and which they do not
   */
  IntegerCoverage write() {
    for (Node node : graph.nodes()) {
      boolean done = bytes.containsKey(node.name()) || floats.containsKey(node.name());
      if (nodes.contains(node.name()) && !done && !isPartOfKernel(node)) {
        write(node);
      }
    }
    return new IntegerCoverage(names(kernels), names(simulated));
  }

  private static List<String> names(Set<Node> nodes) {
    return nodes.stream().map(Node::name).toList();
  }

  /** Makes a node's output available as floats, for who reads it after the backbone. */
  void bindFloats(String node) {
    text.bind(node, floats(node));
  }

  private void write(Node node) {
    if (node.op() instanceof FakeQuantize points) {
      quantize(node, points);
    } else if (!tryKernel(node)) {
      boolean alias = node.op().isAlias(node.inputs().size());
      if ((alias || node.op().picksValues()) && bytes.containsKey(node.input())) {
        text.bind(node.input(), bytes.get(node.input()));
        text.write(List.of(node.name()), ProgramText.Use.KEPT);
        putBytes(node.name(), text.variable(node.name()), steps.get(node.input()));
      } else {
        simulate(node);
      }
    }
  }

  private void simulate(Node node) {
    node.inputs().forEach(this::bindFloats);
    text.write(List.of(node.name()), ProgramText.Use.KEPT);
    floats.put(node.name(), text.variable(node.name()));
    boolean alias = node.op().isAlias(node.inputs().size());
    boolean mean = node.op() instanceof AvgPool2d || node.op() instanceof AdaptiveAvgPool2d;
    if ((alias || mean) && steps.containsKey(node.input())) {
      steps.put(node.name(), steps.get(node.input()));
    }
    if (!alias) {
      simulated.add(node);
    }
  }

  /** The bytes of a node that is no part of a kernel. */
  private void quantize(Node node, FakeQuantize points) {
    if (!fits(points)) {
      simulate(node);
      return;
    }
    String known = bytes.get(node.input());
    boolean same = known != null && points.equals(steps.get(node.input()));
    putBytes(
        node.name(),
        same ? known : let(node, 'b', quantized(floats(node.input()), points)),
        points);
  }

  private static String quantized(String floats, FakeQuantize points) {
    String call =
        "torch.quantize_per_tensor(%s, %s, %d, %d)"
            .formatted(floats, (double) points.scale(), points.zeroPoint(), QUINT8);
    return clamped(call, points);
  }

  /** Narrower integers than a byte's: values beyond them are clamped. */
  private static String clamped(String bytes, FakeQuantize points) {
    Precision.IntegerRange range = points.integers();
    if (range.equals(BYTE)) {
      return bytes;
    }
    double low = (range.qmin() - points.zeroPoint()) * (double) points.scale();
    double high = (range.qmax() - points.zeroPoint()) * (double) points.scale();
    return "torch.clamp(" + bytes + ", " + low + ", " + high + ")";
  }

  /** What a kernel would compute with a node: the ReLU behind it, and the quantization. */
  private record Outlet(boolean relu, Node point) {}

  private Optional<Outlet> outlet(Node node) {
    Optional<Node> next = graph.soleConsumer(node.name());
    boolean relu = next.filter(n -> n.op() instanceof ReLU).isPresent();
    Optional<Node> point = relu ? graph.soleConsumer(next.orElseThrow().name()) : next;
    return point
        .filter(p -> nodes.contains(p.name()) && p.op() instanceof FakeQuantize q && fits(q))
        .map(p -> new Outlet(relu, p));
  }

  private static boolean fits(FakeQuantize points) {
    return points.integers().qmin() >= BYTE.qmin() && points.integers().qmax() <= BYTE.qmax();
  }

  /** The ReLU of a kernel is not written again; that it has one, its point knows. */
  private boolean isPartOfKernel(Node node) {
    return node.op() instanceof ReLU
        && graph.soleConsumer(node.name()).filter(n -> bytes.containsKey(n.name())).isPresent();
  }

  private boolean tryKernel(Node node) {
    Optional<Outlet> outlet = outlet(node);
    boolean haveBytes =
        !node.inputs().isEmpty() && node.inputs().stream().allMatch(steps::containsKey);
    boolean packs = node.op().weights().stream().allMatch(w -> bits(node, w) <= BYTE_BITS);
    if (outlet.isEmpty() || !haveBytes || !packs || node.op().isAlias(node.inputs().size())) {
      return false;
    }
    FakeQuantize points = (FakeQuantize) outlet.get().point().op();
    Optional<String> kernel =
        node.op().integerKernel(new Kernel(node, outlet.get().relu(), points));
    kernel.ifPresent(
        call -> {
          String variable = let(node, 'b', clamped(call, points));
          putBytes(outlet.get().point().name(), variable, points);
          kernels.add(node);
          wide |=
              node.op().weights().stream().anyMatch(w -> bits(node, w) == BYTE_BITS)
                  && overflows(node);
        });
    return kernel.isPresent();
  }

  /** Whether two products of the largest inputs and the largest weights are beyond 16 bits. */
  private boolean overflows(Node node) {
    int most = 0;
    for (String input : node.inputs()) {
      Precision.IntegerRange integers = steps.get(input).integers();
      most = Math.max(most, integers.qmax() - integers.qmin());
    }
    return Arithmetic.isWide(most);
  }

  private int bits(Node node, String local) {
    ParameterPrecision precision = precisions.get(node.name() + "." + local);
    return precision == null ? Precision.F32.bits() : precision.bits();
  }

  /** Whether some kernel's weights and inputs are so wide that narrow sums would saturate. */
  boolean isWide() {
    return wide;
  }

  private void putBytes(String node, String variable, FakeQuantize points) {
    bytes.put(node, variable);
    steps.put(node, points);
  }

  private String floats(String node) {
    return floats.computeIfAbsent(
        node, n -> let(graph.node(n), 'f', "torch.dequantize(" + bytes.get(n) + ")"));
  }

  private String bytes(String node) {
    return bytes.computeIfAbsent(
        node, n -> let(graph.node(n), 'b', quantized(floats.get(n), steps.get(n))));
  }

  private String let(Node node, char kind, String expression) {
    String variable = ProgramText.identifier(kind, graph.nodes().indexOf(node), node.name());
    text.add(variable + " = " + expression);
    return variable;
  }

  private final class Kernel implements IntegerScript {
    private final Node node;
    private final boolean relu;
    private final FakeQuantize points;

    Kernel(Node node, boolean relu, FakeQuantize points) {
      this.node = node;
      this.relu = relu;
      this.points = points;
    }

    @Override
    public List<String> inputs() {
      return node.inputs().stream().map(IntegerText.this::bytes).toList();
    }

    @Override
    public List<int[]> shapes() {
      return node.inputs().stream().map(text::shape).toList();
    }

    @Override
    public String parameter(String local) {
      return text.parameter(node, local);
    }

    @Override
    public String packed(Packing packing) {
      return text.packed(node, packing);
    }

    @Override
    public String kernel(String function, Object... arguments) {
      String all = Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", "));
      return "ops.quantized.%s(%s, %s, %d)"
          .formatted(
              function + (relu ? "_relu" : ""), all, (double) points.scale(), points.zeroPoint());
    }

    @Override
    public boolean relu() {
      return relu;
    }
  }
}
