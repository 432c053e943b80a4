package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.InputDescription.Channels;
import org.bitgaze.onnx.InputDescription.Layout;
import org.bitgaze.onnx.Operand.Activation;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.LogitQuantize;

/** Walks a file's nodes in order; each becomes constants, names for others, or nodes. */
final class Importer {
  private static final int LARGEST_SIDE = 4096;

  private final OnnxFile file;
  private final InputDescription description;
  private final Consumer<IllegalArgumentException> problems;
  private final ExternalData external;
  private final Tensors tensors;
  private final GraphWriter graph;
  private final Map<String, Operand> known = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private Preprocessing preprocessing = Preprocessing.IMAGENET;
  private Size size = Size.ONE;

  /** Whether images are squashed to the network's size, whatever the description's framing. */
  private boolean squashes;

  /**
   * Prepares the reading.
   *
   * @param problems takes what is wrong with single nodes, or throws it
   */
  Importer(
      OnnxFile file, InputDescription description, Consumer<IllegalArgumentException> problems) {
    this.file = file;
    this.description = description;
    this.problems = problems;
    Path folder = file.path().toAbsolutePath().getParent();
    external = new ExternalData(folder);
    tensors = new Tensors(external);
    graph = new GraphWriter();
  }

  /**
   * Reads a network that tells classes.
   *
   * @param strict whether the gradient is masked where the network's own output is clipped
   */
  OnnxNetwork classifier(boolean strict) throws IOException {
    Tail tail = Tail.of(oneOutput(), file.opset());
    walk(tail.leftOut());
    if (size.height() != size.width()) {
      throw new IllegalArgumentException("its images are " + size + ", no squares");
    }
    Activation out = output(tail.logits());
    tail.check(out.rank());
    boolean pixel = out.rank() == 4 && out.shape()[2] * out.shape()[3] == 1;
    if (pixel) {
      out = graph.append(graph.fresh(tail.logits(), ".flatten"), new Flatten(), out);
    }
    if (out.rank() != 2) {
      throw new IllegalArgumentException(
          "its output is " + Arrays.toString(out.shape()) + ", not 1 x classes");
    }
    return network(trailing(upTo(out), strict));
  }

  /** Reads a network whose output is a map. */
  OnnxNetwork map() throws IOException {
    oneOutput();
    squashes = true;
    walk(Set.of());
    String name = file.model().getGraph().getOutput(0).getName();
    Activation out = output(name);
    int[] shape = out.shape();
    boolean last = out.rank() == 4 && shape[1] > 1 && shape[3] == 1;
    boolean plane = out.rank() == 3 || (out.rank() == 4 && (shape[1] == 1 || last));
    if (!plane || Constant.size(shape) < 2) {
      throw new IllegalArgumentException(
          "its output is "
              + Arrays.toString(shape)
              + ", not 1 x 1 x height x width, 1 x height x width x 1 or 1 x height x width");
    }
    // One channel lies in memory the same, wherever it is counted.
    return network(
        upTo(last ? append(name, ".map", new Reshape(List.of(1, shape[1], shape[2])), out) : out));
  }

  private GraphProto oneOutput() {
    GraphProto g = file.model().getGraph();
    if (g.getOutputCount() != 1) {
      throw new IllegalArgumentException("has " + g.getOutputCount() + " outputs, not one");
    }
    return g;
  }

  private Activation output(String name) {
    if (known.get(name) instanceof Activation out) {
      return out;
    }
    throw new IllegalArgumentException("its output is not a tensor that images decide");
  }

  private Graph upTo(Activation out) {
    Graph all = new Graph(file.path().toString(), graph.nodes());
    Set<String> alive = all.ancestors(out.node());
    if (!alive.contains(graph.nodes().get(0).name())) {
      throw new IllegalArgumentException("its output does not depend on its input");
    }
    return new Graph(
        all.name(), graph.nodes().stream().filter(n -> alive.contains(n.name())).toList());
  }

  private OnnxNetwork network(Graph wanted) throws IOException {
    Network network =
        new Network(wanted, new OnnxTensors(file.path().toString(), graph.parameters()));
    network.check();
    List<String> targets = Target.all(wanted, size);
    List<Path> files = new ArrayList<>(List.of(file.path()));
    files.addAll(external.files());
    // A tensor that somebody named may be known by the name that it has in the float network.
    Optional<String> described =
        description.targetLayer().map(name -> OnnxNetwork.quantized(wanted, name));
    return new OnnxNetwork(
        network, size, preprocessing, described.or(() -> last(targets)).orElse(""), targets, files);
  }

  private static Optional<String> last(List<String> all) {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  private void walk(Set<String> leftOut) throws IOException {
    GraphProto g = file.model().getGraph();
    for (TensorProto t : g.getInitializerList()) {
      if (known.put(t.getName(), tensors.read(t)) != null) {
        throw new IllegalArgumentException(
            "tensor '" + Quoted.of(t.getName()) + "' is there twice");
      }
    }
    g.getNodeList().forEach(node -> node.getOutputList().forEach(graph::reserve));
    g.getNodeList().forEach(node -> taken.addAll(node.getInputList()));
    g.getOutputList().forEach(output -> taken.add(output.getName()));
    input(g);
    for (NodeProto node : g.getNodeList()) {
      if (node.getOutputCount() == 0 || !leftOut.contains(node.getOutput(0))) {
        tryNode(node);
      }
    }
  }

  private void tryNode(NodeProto node) throws IOException {
    try {
      if (!isSpoilt(node)) {
        node(node);
      }
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      String name = node.getName();
      String who = name.isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : name;
      String type = Quoted.of(node.getOpType());
      problems.accept(
          new IllegalArgumentException(
              "node '" + Quoted.of(who) + "' (" + type + "): " + why(e), e));
      node.getOutputList().forEach(output -> known.putIfAbsent(output, new Operand.Unknown()));
    }
  }

  private static String why(RuntimeException e) {
    return e instanceof ArithmeticException
        ? "has sizes that are too large: " + e.getMessage()
        : e.getMessage();
  }

  /** Whether a node takes what another failed to make; that was said already. */
  private boolean isSpoilt(NodeProto node) {
    boolean spoilt =
        node.getInputList().stream().anyMatch(i -> known.get(i) instanceof Operand.Unknown);
    if (spoilt) {
      node.getOutputList().forEach(output -> known.putIfAbsent(output, new Operand.Unknown()));
    }
    return spoilt;
  }

  private void node(NodeProto node) throws IOException {
    Operator operator = Operators.of(node.getDomain(), node.getOpType());
    List<Optional<Operand>> inputs = new ArrayList<>();
    for (String name : node.getInputList()) {
      if (!name.isEmpty() && !known.containsKey(name)) {
        throw new IllegalArgumentException(
            "takes '" + Quoted.of(name) + "', which nothing before it makes");
      }
      inputs.add(name.isEmpty() ? Optional.empty() : Optional.of(known.get(name)));
    }
    boolean enough =
        inputs.size() >= operator.least()
            && inputs.size() <= operator.most()
            && inputs.stream().limit(operator.least()).allMatch(Optional::isPresent);
    if (!enough) {
      throw new IllegalArgumentException(
          "has "
              + inputs.size()
              + " inputs; it takes "
              + operator.least()
              + " to "
              + operator.most());
    }
    Attributes attributes = new Attributes(node, operator.attributes());
    operator
        .translation()
        .translate(new OnnxNode(node, attributes, inputs, tensors, graph, known, taken));
  }

  /** Binds the only input that is no tensor of the file, as the network wants it. */
  private void input(GraphProto g) {
    List<ValueInfoProto> inputs =
        g.getInputList().stream().filter(i -> !known.containsKey(i.getName())).toList();
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("has " + inputs.size() + " inputs, not one");
    }
    String name = inputs.get(0).getName();
    if (inputs.get(0).getType().getTensorType().getElemType() != ElementType.FLOAT.code()) {
      throw new IllegalArgumentException("its input '" + Quoted.of(name) + "' is not float32");
    }
    TensorShapeProto shape = inputs.get(0).getType().getTensorType().getShape();
    boolean last = layout(shape) == Layout.NHWC;
    long height = shape.getDim(last ? 1 : 2).getDimValue();
    long width = shape.getDim(last ? 2 : 3).getDimValue();
    frame(height, width);
    Activation x = graph.input(name, size);
    if (description.channels().filter(Channels.BGR::equals).isPresent()) {
      Activation[] colours = new Activation[3];
      for (int c = 0; c < 3; c++) {
        colours[c] = append(name, ".colour" + c, new Slice(1, 2 - c, 3 - c, 1), x);
      }
      x = append(name, ".bgr", new Cat(), colours);
    }
    known.put(name, last ? append(name, ".nhwc", new Permute(List.of(2, 3, 1)), x) : x);
  }

  private Activation append(String name, String suffix, Op op, Activation... inputs) {
    return graph.append(graph.fresh(name, suffix), op, inputs);
  }

  private Layout layout(TensorShapeProto shape) {
    List<Long> sizes = shape.getDimList().stream().map(d -> d.getDimValue()).toList();
    Layout layout =
        description
            .layout()
            .orElse(
                sizes.size() == 4 && sizes.get(1) != 3 && sizes.get(3) == 3
                    ? Layout.NHWC
                    : Layout.NCHW);
    if (sizes.size() != 4 || sizes.get(layout == Layout.NHWC ? 3 : 1) != 3) {
      throw new IllegalArgumentException(
          "its input is " + sizes + ", not images of 3 channels in the order " + layout);
    }
    if (sizes.get(0) > 1) {
      throw new IllegalArgumentException(
          "it takes batches of " + sizes.get(0) + " images; export it for one, or any number");
    }
    return layout;
  }

  /** The images' size: the file's, else the description's, else ImageNet's. */
  private void frame(long height, long width) {
    int said = description.preprocessing().orElse(preprocessing).framing().side();
    if (height > LARGEST_SIDE || width > LARGEST_SIDE) {
      throw new IllegalArgumentException("its images are " + width + "x" + height);
    }
    size = new Size(height > 0 ? (int) height : said, width > 0 ? (int) width : said);
    if (description.preprocessing().isPresent()) {
      preprocessing = description.preprocessing().get();
    } else {
      int shorter =
          Math.round(
              (float) size.height() * CenterCrop.IMAGENET.resize() / CenterCrop.IMAGENET.side());
      preprocessing = Preprocessing.IMAGENET.with(new CenterCrop(shorter, size.height()));
    }
    int side = preprocessing.framing().side();
    if (!squashes && size.height() == size.width() && side != size.height()) {
      throw new IllegalArgumentException(
          "its images are " + width + "x" + height + ", not " + side + "x" + side);
    }
  }

  /** Marks the quantizations that only flattenings or others separate from the output. */
  private static Graph trailing(Graph graph, boolean strict) {
    Map<String, Op> marked = new HashMap<>();
    Node n = graph.output();
    while (true) {
      if (n.op() instanceof FakeQuantize q) {
        marked.put(n.name(), new LogitQuantize(q, strict));
      } else if (!(n.op() instanceof Flatten || n.op() instanceof Reshape)) {
        break;
      }
      n = graph.node(n.input());
    }
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(o -> o.with(marked.getOrDefault(o.name(), o.op()))).toList());
  }
}
