package org.bitgaze.torch.emit;

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
import org.bitgaze.network.op.IntegerScript;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision;

/**
 * Writes a quantized graph's nodes as integer kernels. A kernel computes an operation, the ReLU
 * after it and the quantization after both: from bytes to bytes. An operation that has no kernel,
 * or whose input or output is not bytes, is computed in floating point, as in a simulation.
 *
 * <p>A mean over windows is finer than its input's steps. Where an integer kernel reads it, it is
 * rounded to these steps, as deployed networks do. The two arithmetics differ in this and in the
 * kernels' own roundings: of biases, to the steps of the sums; of sums, by a multiplier.
 */
public final class IntegerText {
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

  private final Set<String> kernels = new LinkedHashSet<>();
  private final Set<String> simulated = new LinkedHashSet<>();
  private boolean wide;

  /**
   * Starts with a text whose input is bound.
   *
   * @param text where statements go
   * @param network the network, which knows what weights are rounded to
   * @param nodes names of those to write; all their inputs are among them, or the graph's input
   */
  public IntegerText(ProgramText text, Network network, Set<String> nodes) {
    this.text = text;
    this.nodes = nodes;
    this.graph = text.graph();
    this.precisions = network.precisions();
    String input = graph.nodes().get(0).name();
    floats.put(input, text.variable(input));
  }

  /**
   * Writes the nodes' statements.
   *
   * @return which operations kernels compute, and which are simulated
   */
  public IntegerCoverage write() {
    for (Node node : graph.nodes()) {
      boolean done = bytes.containsKey(node.name()) || floats.containsKey(node.name());
      if (nodes.contains(node.name()) && !done && !isPartOfKernel(node)) {
        write(node);
      }
    }
    return new IntegerCoverage(List.copyOf(kernels), List.copyOf(simulated));
  }

  /**
   * Makes a node's output available as floats, for nodes after the backbone.
   *
   * @param node one that was written
   */
  public void bindFloats(String node) {
    text.bind(node, floats(node));
  }

  /** {@return whether some kernel's weights and inputs are so wide that narrow sums saturate} */
  public boolean isWide() {
    return wide;
  }

  private void write(Node node) {
    Optional<FakeQuantize> quantization = steps(node);
    if (quantization.isPresent()) {
      quantize(node, quantization.get());
    } else if (!tryKernel(node)) {
      if ((isAlias(node) || node.op().picksValues()) && bytes.containsKey(node.input())) {
        text.bind(node.input(), bytes.get(node.input()));
        text.write(List.of(node.name()), ProgramText.Use.KEPT);
        putBytes(node.name(), text.variable(node.name()), steps.get(node.input()));
      } else {
        simulate(node);
      }
    }
  }

  /** {@return scale and zero point of a node that quantizes with fixed ones} */
  private static Optional<FakeQuantize> steps(Node node) {
    return node.op() instanceof FakeQuantize steps ? Optional.of(steps) : Optional.empty();
  }

  private static boolean isAlias(Node node) {
    return node.op().isAlias(node.inputs().size());
  }

  private void simulate(Node node) {
    node.inputs().forEach(this::bindFloats);
    text.write(List.of(node.name()), ProgramText.Use.KEPT);
    floats.put(node.name(), text.variable(node.name()));
    if ((isAlias(node) || node.op().isMean()) && steps.containsKey(node.input())) {
      steps.put(node.name(), steps.get(node.input()));
    }
    if (!isAlias(node)) {
      simulated.add(node.name());
    }
  }

  /** Writes a quantization that is not part of a kernel. */
  private void quantize(Node node, FakeQuantize point) {
    if (!fits(point)) {
      simulate(node);
      return;
    }
    String known = bytes.get(node.input());
    boolean same = known != null && point.equals(steps.get(node.input()));
    putBytes(
        node.name(), same ? known : let(node, 'b', quantized(floats(node.input()), point)), point);
  }

  private static String quantized(String floats, FakeQuantize point) {
    String call =
        "torch.quantize_per_tensor(%s, %s, %d, %s)"
            .formatted(floats, (double) point.scale(), point.zeroPoint(), ScalarType.QUINT8);
    return clamped(call, point);
  }

  /** Clamps bytes to the integers of a precision of fewer bits. */
  private static String clamped(String bytes, FakeQuantize point) {
    Precision.IntegerRange range = point.integers();
    if (range.equals(BYTE)) {
      return bytes;
    }
    double low = (range.qmin() - point.zeroPoint()) * (double) point.scale();
    double high = (range.qmax() - point.zeroPoint()) * (double) point.scale();
    return "torch.clamp(" + bytes + ", " + low + ", " + high + ")";
  }

  /** What a kernel computes besides its operation: perhaps a ReLU, and the quantization. */
  private record Outlet(boolean relu, Node point, FakeQuantize steps) {}

  private Optional<Outlet> outlet(Node node) {
    Optional<Node> next = graph.soleConsumer(node.name());
    boolean relu = next.filter(n -> n.op().isFusedByKernels()).isPresent();
    Optional<Node> point = relu ? graph.soleConsumer(next.orElseThrow().name()) : next;
    return point
        .filter(p -> nodes.contains(p.name()))
        .flatMap(p -> steps(p).filter(IntegerText::fits).map(s -> new Outlet(relu, p, s)));
  }

  private static boolean fits(FakeQuantize point) {
    return point.integers().qmin() >= BYTE.qmin() && point.integers().qmax() <= BYTE.qmax();
  }

  /** Whether a kernel has computed the node, and the quantization after it. */
  private boolean isPartOfKernel(Node node) {
    return node.op().isFusedByKernels()
        && graph.soleConsumer(node.name()).filter(n -> bytes.containsKey(n.name())).isPresent();
  }

  private boolean tryKernel(Node node) {
    Optional<Outlet> outlet = outlet(node);
    boolean haveBytes =
        !node.inputs().isEmpty() && node.inputs().stream().allMatch(steps::containsKey);
    boolean packs = node.op().weights().stream().allMatch(w -> bits(node, w) <= BYTE_BITS);
    if (outlet.isEmpty() || !haveBytes || !packs || isAlias(node)) {
      return false;
    }
    Optional<String> kernel = node.op().integerKernel(new Kernel(node, outlet.get()));
    kernel.ifPresent(
        call -> {
          FakeQuantize point = outlet.get().steps();
          putBytes(outlet.get().point().name(), let(node, 'b', clamped(call, point)), point);
          kernels.add(node.name());
          wide |=
              node.op().weights().stream().anyMatch(w -> bits(node, w) == BYTE_BITS)
                  && overflows(node);
        });
    return kernel.isPresent();
  }

  /** Whether two products of the largest inputs and the largest weights exceed 16 bits. */
  private boolean overflows(Node node) {
    int max = 0;
    for (String input : node.inputs()) {
      Precision.IntegerRange integers = steps.get(input).integers();
      max = Math.max(max, integers.qmax() - integers.qmin());
    }
    return Arithmetic.isWide(max);
  }

  private int bits(Node node, String local) {
    ParameterPrecision precision = precisions.get(node.name() + "." + local);
    return precision == null ? Precision.F32.bits() : precision.bits();
  }

  private void putBytes(String node, String variable, FakeQuantize point) {
    bytes.put(node, variable);
    steps.put(node, point);
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
    String variable = ProgramParameters.identifier(kind, graph.nodes().indexOf(node), node.name());
    text.add(variable + " = " + expression);
    return variable;
  }

  private final class Kernel implements IntegerScript {
    private final Node node;
    private final Outlet outlet;

    Kernel(Node node, Outlet outlet) {
      this.node = node;
      this.outlet = outlet;
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
      return text.parameters().get(node, local);
    }

    @Override
    public String packed(Packing packing) {
      return text.parameters().pack(node, packing);
    }

    @Override
    public String kernel(String function, Object... arguments) {
      String all = Arrays.stream(arguments).map(String::valueOf).collect(Collectors.joining(", "));
      FakeQuantize point = outlet.steps();
      return "ops.quantized.%s(%s, %s, %d)"
          .formatted(
              function + (relu() ? "_relu" : ""), all, (double) point.scale(), point.zeroPoint());
    }

    @Override
    public boolean relu() {
      return outlet.relu();
    }
  }
}
