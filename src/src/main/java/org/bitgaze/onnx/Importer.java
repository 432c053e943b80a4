package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Detection;
import org.bitgaze.explain.task.Segmentation;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Letterbox;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TaskTarget;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.onnx.InputDescription.Channels;
import org.bitgaze.onnx.InputDescription.Layout;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.file.ExternalData;
import org.bitgaze.onnx.file.OnnxFile;
import org.bitgaze.onnx.file.OnnxTensors;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.file.Tensors;
import org.bitgaze.onnx.ops.ImportedGraph;
import org.bitgaze.onnx.ops.IntegerOperators;
import org.bitgaze.onnx.ops.Operand;
import org.bitgaze.onnx.ops.Operand.Activation;
import org.bitgaze.onnx.ops.Operand.Known;
import org.bitgaze.onnx.ops.Values;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.LogitQuantize;
import org.bitgaze.quant.TrailingQuantize;

/** Translates the nodes of a file, one after the other, into a network. */
final class Importer {
  static final int MAX_SIDE = 4096;

  private final OnnxFile file;
  private final InputDescription description;
  private final Consumer<IllegalArgumentException> problems;
  private final ExternalData external;
  private final Tensors tensors;
  private final ImportedGraph graph;
  private final Values values;
  private Preprocessing preprocessing = Preprocessing.IMAGENET;
  private Size size = Size.ONE;

  /** Whether images are squashed to the network's size, whatever the framing. */
  private boolean squashes;

  /**
   * Prepares the translation.
   *
   * @param problems takes the problems of single nodes, or throws them
   */
  Importer(OnnxFile file, InputDescription description, Consumer<IllegalArgumentException> problems)
      throws IOException {
    this.description = description;
    this.problems = problems;
    external = new ExternalData(file.path().toAbsolutePath().getParent());
    tensors = new Tensors(external);
    this.file =
        new OnnxFile(file.path(), IntegerOperators.rewrite(file.graph(), tensors), file.opset());
    graph = new ImportedGraph(file.path().toString());
    values = new Values(file.opset(), tensors, graph);
  }

  /**
   * Reads a network whose answer can be explained.
   *
   * @param strict whether the gradient is masked where the network's own output is clipped
   */
  OnnxNetwork explained(boolean strict) throws IOException {
    return description.isOfOtherTask() || outputs().size() > 1
        ? task(strict)
        : classifier(strict, description.task().isPresent());
  }

  private OnnxNetwork classifier(boolean strict, boolean said) throws IOException {
    Head head = Head.of(file.graph(), output(), file.opset());
    walk(List.of(head.logits()), head.leftOut());
    Activation out = activation(head.logits());
    boolean classes = out.rank() == 2 || ConstantTensor.size(out.shape()) == out.shape()[1];
    if (!said && (!classes || Head.isOtherTask(upTo(out), out.shape()[1]))) {
      return new Importer(file, description, problems).task(strict);
    }
    head.check(out.rank());
    if (out.rank() == 4 && out.shape()[2] * out.shape()[3] == 1) {
      out = graph.append(graph.fresh(head.logits(), ".flatten"), new Flatten(), out);
    }
    if (out.rank() != 2) {
      throw new IllegalArgumentException(
          "its output is " + Arrays.toString(out.shape()) + ", not 1 x classes");
    }
    Graph wanted = upTo(out);
    if (out.shape()[1] == 1) {
      throw new IllegalArgumentException(
          "has one output per image: a binary classifier or a regression, not one of several"
              + " classes");
    }
    return network(
        trailing(wanted, strict),
        Classification.of(out.shape()[1]),
        Scores.LOGITS,
        Optional.empty());
  }

  /** Reads a network that is not a classifier. */
  private OnnxNetwork task(boolean strict) throws IOException {
    List<String> names = outputs();
    walk(names, Set.of());
    List<TaskOutputs.Output> outputs = new ArrayList<>();
    for (String name : names) {
      Activation out = activation(name);
      int[] shape = Arrays.copyOfRange(out.shape(), 1, out.rank());
      outputs.add(new TaskOutputs.Output(new TaskObjective.Output(name, shape), out.node()));
    }
    TaskOutputs found = TaskOutputs.of(graph.build(), outputs, size, description.task());
    if (!(found.graph().nodes().get(0).op() instanceof Input)) {
      throw new IllegalArgumentException("its output does not depend on its input");
    }
    values.notices().addAll(found.notices());
    if (description.preprocessing().isEmpty()) {
      preprocessing = usual(found.objective());
    }
    OutputWalk walk = OutputWalk.of(found.graph(), List.of(found.scores()));
    values.notices().addAll(CoarseScores.of(found.graph(), walk, found.scoresName()));
    return network(
        trailing(found.graph(), walk.passed(), strict),
        found.objective(),
        found.end(),
        Optional.of(walk));
  }

  /** What is usually done to images of a task; what is assumed is said. */
  private Preprocessing usual(Objective objective) {
    if (objective instanceof Detection detection && detection.layout() != Detection.Layout.BOXES) {
      List<Double> zeros = List.of(0.0, 0.0, 0.0);
      List<Double> ones = List.of(1.0, 1.0, 1.0);
      return new Preprocessing(
          new Letterbox(size.height(), size.width()),
          preprocessing.interpolation(),
          new Normalization(zeros, ones));
    }
    if (objective instanceof Detection) {
      values
          .notices()
          .add(
              "preprocessing is not said: "
                  + preprocessing
                  + " is used; `preprocessing` in the json file beside the model changes it");
    }
    return preprocessing;
  }

  /** Lets the gradient pass where a network's own output is clipped. */
  private static Graph trailing(Graph graph, Set<String> passed, boolean strict) {
    return new Graph(
        graph.name(),
        graph.nodes().stream()
            .map(
                node ->
                    !strict && passed.contains(node.name()) && node.op() instanceof FakeQuantize q
                        ? node.with(new TrailingQuantize(q))
                        : node)
            .toList());
  }

  /** Reads a network whose output is a map. */
  OnnxNetwork map() throws IOException {
    squashes = true;
    String name = output();
    walk(List.of(name), Set.of());
    Activation out = activation(name);
    int[] shape = out.shape();
    boolean last = out.rank() == 4 && shape[1] > 1 && shape[3] == 1;
    boolean plane = out.rank() == 3 || (out.rank() == 4 && (shape[1] == 1 || last));
    if (!plane || ConstantTensor.size(shape) < 2) {
      throw new IllegalArgumentException(
          "its output is "
              + Arrays.toString(shape)
              + ", not 1 x 1 x height x width, 1 x height x width x 1 or 1 x height x width");
    }
    // A single channel has the same order of elements first and last.
    return network(
        upTo(last ? append(name, ".map", new Reshape(List.of(1, shape[1], shape[2])), out) : out),
        Objective.CLASSIFICATION,
        Scores.LOGITS,
        Optional.empty());
  }

  /** The names of the described outputs; of all if none is described. */
  private List<String> outputs() {
    return new GraphOutputs(file.graph()).wanted(description);
  }

  /** The name of the only output, or of the described one of several. */
  private String output() {
    return new GraphOutputs(file.graph()).scores(description).getName();
  }

  private Activation activation(String name) {
    Operand found = values.known().get(name);
    if (found instanceof Activation out) {
      boolean first = out.rank() > 0 && out.shape()[0] == 1;
      return graph.plain(first ? graph.batchAt(out, 0) : out);
    }
    throw new IllegalArgumentException(
        found instanceof Operand.Quantized
            ? "its output is quantized, and no DequantizeLinear follows"
            : "its output does not depend on its input");
  }

  private Graph upTo(Activation out) {
    Graph all = graph.build();
    Set<String> alive = all.ancestors(out.node());
    if (!alive.contains(all.nodes().get(0).name())) {
      throw new IllegalArgumentException("its output does not depend on its input");
    }
    return new Graph(
        all.name(), all.nodes().stream().filter(n -> alive.contains(n.name())).toList());
  }

  private OnnxNetwork network(
      Graph wanted, Objective objective, Scores scores, Optional<OutputWalk> walk)
      throws IOException {
    Network network =
        new Network(wanted, new OnnxTensors(file.path().toString(), graph.parameters()));
    network.check();
    List<String> targets =
        walk.map(found -> TaskTarget.candidates(wanted, size, found.sources()))
            .orElseGet(() -> TargetLayer.candidates(wanted, size));
    Optional<String> usual =
        walk.isEmpty()
            ? TargetLayer.defaultLayer(wanted, size)
            : TaskTarget.choose(wanted, size, targets, objective instanceof Segmentation)
                .map(target -> OnnxNetwork.quantized(wanted, target));
    List<Path> files = new ArrayList<>(List.of(file.path()));
    files.addAll(external.files());
    Map<String, String> views = views();
    // A tensor may be named as in the float network.
    Optional<String> described =
        description
            .targetLayer()
            .map(
                layers ->
                    TargetLayer.mapNames(
                        layers,
                        name ->
                            OnnxNetwork.real(
                                wanted,
                                OnnxNetwork.quantized(wanted, views.getOrDefault(name, name)))));
    return new OnnxNetwork(
        network,
        size,
        preprocessing,
        described.or(() -> usual).orElse(""),
        targets,
        files,
        views,
        orders(),
        List.copyOf(values.notices()),
        objective,
        scores);
  }

  /** Tensors that are another view of a node's output, such as those of Transpose. */
  private Map<String, String> views() {
    Map<String, String> views = new HashMap<>();
    values
        .known()
        .forEach(
            (name, value) -> {
              if (value instanceof Activation x && !x.node().equals(name)) {
                views.put(name, x.node());
              }
            });
    return views;
  }

  /** Tensors whose dimensions the file has in another order than the node that computes them. */
  private Map<String, List<Integer>> orders() {
    Map<String, List<Integer>> orders = new HashMap<>();
    values
        .known()
        .forEach(
            (name, value) -> {
              Operand real = value instanceof Operand.Quantized q ? q.real() : value;
              if (real instanceof Activation x && !x.isPlain()) {
                orders.put(name, Arrays.stream(x.order()).boxed().toList());
              }
            });
    return orders;
  }

  private void walk(List<String> outputs, Set<String> leftOut) throws IOException {
    GraphProto g = file.graph();
    for (TensorProto t : g.getInitializerList()) {
      if (values.known().put(t.getName(), new Known(tensors.read(t))) != null) {
        throw new IllegalArgumentException(
            "tensor '" + Quoted.of(t.getName()) + "' is there twice");
      }
    }
    g.getNodeList().forEach(node -> node.getOutputList().forEach(graph::reserve));
    g.getNodeList().forEach(node -> values.taken().addAll(node.getInputList()));
    g.getOutputList().forEach(o -> values.taken().add(o.getName()));
    input(g);
    NodeOrder order = new NodeOrder(g);
    // Nodes of other outputs may be unsupported without harm.
    List<NodeProto> nodes = g.getOutputCount() > 1 ? order.upTo(outputs) : order.all();
    for (NodeProto node : nodes) {
      if (node.getOutputCount() == 0 || !leftOut.contains(node.getOutput(0))) {
        tryNode(node);
      }
    }
  }

  private void tryNode(NodeProto node) throws IOException {
    try {
      if (!isSpoilt(node)) {
        values.translate(node);
      }
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      String name = node.getName();
      String who = name.isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : name;
      String type = Quoted.of(node.getOpType());
      problems.accept(
          new IllegalArgumentException(
              "node '" + Quoted.of(who) + "' (" + type + "): " + why(e), e));
      spoil(node);
    }
  }

  private static String why(RuntimeException e) {
    return e instanceof ArithmeticException
        ? "has sizes that are too large: " + e.getMessage()
        : e.getMessage();
  }

  /** Whether a node takes the output of one that failed, which was reported already. */
  private boolean isSpoilt(NodeProto node) {
    boolean spoilt =
        node.getInputList().stream()
            .anyMatch(i -> values.known().get(i) instanceof Operand.Unknown);
    if (spoilt) {
      spoil(node);
    }
    return spoilt;
  }

  private void spoil(NodeProto node) {
    node.getOutputList()
        .forEach(output -> values.known().putIfAbsent(output, new Operand.Unknown()));
  }

  /** Adds the only input that is not a tensor of the file, in the layout of the file. */
  private void input(GraphProto g) {
    List<ValueInfoProto> inputs =
        g.getInputList().stream().filter(i -> !values.known().containsKey(i.getName())).toList();
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("has " + inputs.size() + " inputs, not one");
    }
    String name = inputs.get(0).getName();
    int type = inputs.get(0).getType().getTensorType().getElemType();
    if (!ElementType.of(type).isReal()) {
      throw new IllegalArgumentException(
          "its input '%s' is %s, not float32: export it without the conversion from pixels"
              .formatted(Quoted.of(name), ElementType.of(type)));
    }
    if (type != ElementType.FLOAT.code()) {
      values.notices().add("its input is " + ElementType.of(type) + "; it is computed in float32");
    }
    InputShape shape =
        InputShape.of(inputs.get(0).getType().getTensorType().getShape(), description);
    frame(shape);
    Activation x = graph.input(name, size);
    if (description.channels().filter(Channels.BGR::equals).isPresent()) {
      Activation[] colours = new Activation[3];
      for (int c = 0; c < 3; c++) {
        colours[c] = append(name, ".colour" + c, new Slice(1, 2 - c, 3 - c, 1), x);
      }
      x = append(name, ".bgr", new Cat(), colours);
    }
    values.known().put(name, shape.layout() == Layout.NHWC ? x.channelsLast() : x);
  }

  private Activation append(String name, String suffix, Op op, Activation... inputs) {
    return graph.append(graph.fresh(name, suffix), op, inputs);
  }

  /** Chooses the size of the images: the file's, else the description's, else ImageNet's. */
  private void frame(InputShape shape) {
    Framing described = description.preprocessing().orElse(preprocessing).framing();
    Size stated = description.size().orElse(new Size(described.height(), described.width()));
    size =
        new Size(
            shape.height() > 0 ? (int) shape.height() : stated.height(),
            shape.width() > 0 ? (int) shape.width() : stated.width());
    String text = size.width() + "x" + size.height();
    if (shape.height() > MAX_SIDE || shape.width() > MAX_SIDE) {
      throw new IllegalArgumentException(
          "its images are %dx%d; at most %d pixels are supported on each side"
              .formatted(shape.width(), shape.height(), MAX_SIDE));
    }
    if (description.size().filter(s -> !s.equals(size)).isPresent()) {
      throw new IllegalArgumentException(
          "its images are " + text + ", but `size` says " + description.size().get());
    }
    boolean open = shape.height() < 1 || shape.width() < 1;
    if (open && description.size().isEmpty() && description.preprocessing().isEmpty()) {
      values
          .notices()
          .add(
              "height and width are not fixed: "
                  + text
                  + " is used; `size` in the json file beside the model changes it");
    }
    if (description.preprocessing().isPresent()) {
      preprocessing = description.preprocessing().get();
    } else {
      preprocessing = Preprocessing.IMAGENET.with(CenterCrop.imagenet(size.height(), size.width()));
    }
    Framing made = preprocessing.framing();
    if (!squashes && (made.height() != size.height() || made.width() != size.width())) {
      throw new IllegalArgumentException(
          "its images are %s, but the preprocessing makes %dx%d"
              .formatted(text, made.width(), made.height()));
    }
  }

  /** Marks quantizations that only views separate from the output. */
  private static Graph trailing(Graph graph, boolean strict) {
    Map<String, Op> marked = new HashMap<>();
    Node n = graph.output();
    while (n.op() instanceof FakeQuantize || n.op().isAlias(1)) {
      if (n.op() instanceof FakeQuantize q) {
        marked.put(n.name(), new LogitQuantize(q, strict));
      }
      n = graph.node(n.input());
    }
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(o -> o.with(marked.getOrDefault(o.name(), o.op()))).toList());
  }
}
