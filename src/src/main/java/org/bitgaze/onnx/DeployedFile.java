package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Binary;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.explain.task.Segmentation;
import org.bitgaze.explain.task.Task;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.InputDescription.Channels;
import org.bitgaze.onnx.InputDescription.Layout;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.file.ExternalData;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.file.OnnxFile;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.file.Tensors;

/**
 * A file as another runtime runs it: with any operators, and nothing translated. Its size is
 * bounded, tensors in files beside it are read under the same rules as in {@link OnnxNetwork}, and
 * only operators that come with ONNX Runtime are let through.
 *
 * @param path of the file
 * @param model its content, with all tensors in it
 * @param input the name of the input
 * @param inputType FLOAT or FLOAT16
 * @param layout the order of the input's dimensions
 * @param blueFirst whether the input's colors are blue, green, red
 * @param size of the input
 * @param outputs the names of the outputs: the scores, and a detector's boxes if they are another
 *     output
 * @param scores what the scores are
 * @param oneByOne whether images must run one at a time, because another image of a batch would
 *     change the result, or the file takes no more
 * @param target the tensor that the maps weigh; empty if none is known
 * @param pooledLast whether what is pooled before the output has its channels last
 * @param preprocessing the preprocessing of images
 * @param files the model's file, and those in which its tensors are kept
 */
public record DeployedFile(
    Path path,
    ModelProto model,
    String input,
    ElementType inputType,
    Layout layout,
    boolean blueFirst,
    Size size,
    List<String> outputs,
    Scores scores,
    boolean oneByOne,
    Optional<String> target,
    boolean pooledLast,
    Preprocessing preprocessing,
    List<Path> files) {
  /** Operators that ONNX Runtime brings along. */
  private static final Set<String> DOMAINS =
      Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft", "ai.onnx.preview.training");

  /** Nodes that only change the form or the type of scores. */
  private static final Set<String> FORMS =
      Set.of(
          "Cast",
          "DequantizeLinear",
          "Flatten",
          "Identity",
          "QuantizeLinear",
          "Reshape",
          "Squeeze",
          "Unsqueeze");

  /** Nodes that move or choose scores. */
  private static final Set<String> MOVES =
      Set.of("Concat", "Dropout", "Gather", "QLinearConcat", "Slice", "Split", "Transpose");

  private static final Set<String> POOLS =
      Set.of(
          "GlobalAveragePool",
          "GlobalMaxPool",
          "QLinearGlobalAveragePool",
          "QLinearReduceMean",
          "ReduceMean",
          "ReduceMax",
          "AveragePool",
          "QLinearAveragePool");

  /** Layers with weights, whose results are any real numbers. */
  private static final Set<String> LAYERS =
      Set.of(
          "BatchNormalization",
          "Conv",
          "ConvInteger",
          "DynamicQuantizeMatMul",
          "FusedConv",
          "FusedGemm",
          "FusedMatMul",
          "Gemm",
          "MatMul",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "MatMulNBits",
          "QGemm",
          "QLinearConv",
          "QLinearMatMul");

  /** Nodes that only scale, clip, move or join results of layers. */
  private static final Set<String> PASSING =
      Set.of(
          "Add",
          "Clip",
          "Concat",
          "Div",
          "Dropout",
          "Mul",
          "QLinearAdd",
          "QLinearConcat",
          "QLinearMul",
          "Relu",
          "Slice",
          "Sub",
          "Transpose");

  /** Bytes of a model with the tensors of files beside it: a Java array holds no more. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

  /** The field of a model that holds functions, which the bundled ONNX classes do not know. */
  private static final int FUNCTIONS = 25;

  /**
   * Reads a file.
   *
   * @param path of the file
   * @param description describes the input
   * @return the file
   * @throws OnnxException if it does not take color images, is damaged, has several outputs and
   *     none is described, or has operators of a custom library
   * @throws IOException if it cannot be read
   */
  public static DeployedFile read(Path path, InputDescription description) throws IOException {
    try {
      return of(path, OnnxFile.model(path), description);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  private static DeployedFile of(Path path, ModelProto found, InputDescription description)
      throws IOException {
    ExternalData external = new ExternalData(path.toAbsolutePath().getParent());
    ModelProto model = new Embedding(external).embed(found);
    GraphProto graph = model.getGraph();
    requireKnownOperators(model);
    new NodeBounds(new Tensors(external)).check(graph);
    Set<String> constants =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    List<ValueInfoProto> inputs =
        graph.getInputList().stream().filter(i -> !constants.contains(i.getName())).toList();
    if (inputs.size() != 1) {
      throw new IllegalArgumentException("has " + inputs.size() + " inputs, not one");
    }
    TypeProto.Tensor type = inputs.get(0).getType().getTensorType();
    ElementType element = ElementType.of(type.getElemType());
    if (element != ElementType.FLOAT && element != ElementType.FLOAT16) {
      throw new IllegalArgumentException(
          "its input '%s' is %s; float32 or float16 is expected: export it without the conversion"
                  .formatted(Quoted.of(inputs.get(0).getName()), element)
              + " from pixels");
    }
    InputShape shape = InputShape.of(type.getShape(), description);
    Size size = size(shape, description);
    Preprocessing preprocessing =
        description
            .preprocessing()
            .orElseGet(
                () ->
                    Preprocessing.IMAGENET.with(CenterCrop.imagenet(size.height(), size.width())));
    Size made = new Size(preprocessing.framing().height(), preprocessing.framing().width());
    if (!made.equals(size)) {
      throw new IllegalArgumentException(
          "its images are %s, but the preprocessing makes %s".formatted(size, made));
    }
    List<TaskObjective.Output> outputs = new GraphOutputs(graph).scoresAndBoxes(description);
    String output = outputs.get(0).name();
    Optional<NodeProto> pool = pool(graph, output);
    return new DeployedFile(
        path,
        model,
        inputs.get(0).getName(),
        element,
        shape.layout(),
        description.channels().filter(Channels.BGR::equals).isPresent(),
        size,
        outputs.stream().map(TaskObjective.Output::name).toList(),
        description.isOfOtherTask() ? ofTask(graph, output) : ofClasses(graph, output),
        type.getShape().getDim(0).getDimValue() == 1 || hasDynamicRanges(model),
        description.targetLayer().or(() -> pool.map(node -> node.getInput(0))),
        pool.isPresent() && poolsLast(graph, pool.get(), new Tensors(external)),
        preprocessing,
        files(path, external));
  }

  private static List<Path> files(Path path, ExternalData external) {
    List<Path> files = new ArrayList<>(List.of(path));
    files.addAll(external.files());
    return List.copyOf(files);
  }

  private static Size size(InputShape shape, InputDescription description) {
    Framing framing = description.preprocessing().orElse(Preprocessing.IMAGENET).framing();
    Size stated = description.size().orElse(new Size(framing.height(), framing.width()));
    Size size =
        new Size(
            shape.height() > 0 ? Math.toIntExact(shape.height()) : stated.height(),
            shape.width() > 0 ? Math.toIntExact(shape.width()) : stated.width());
    if (Math.max(size.height(), size.width()) > Importer.MAX_SIDE) {
      throw new IllegalArgumentException(
          "its images are %dx%d; sides of at most %d pixels are expected"
              .formatted(size.width(), size.height(), Importer.MAX_SIDE));
    }
    return size;
  }

  /** {@return which node makes a tensor} */
  public static Map<String, NodeProto> makers(GraphProto graph) {
    Map<String, NodeProto> makers = new HashMap<>();
    graph.getNodeList().forEach(node -> node.getOutputList().forEach(o -> makers.put(o, node)));
    makers.remove("");
    return makers;
  }

  /**
   * Tells whether a node computes a tensor.
   *
   * @param name of the tensor
   * @return whether it can be a target layer
   */
  public boolean hasTensor(String name) {
    return makers(model.getGraph()).containsKey(name);
  }

  /**
   * Counts the scores of the classes.
   *
   * @return the number of scores; 0 if the file does not say it
   * @throws OnnxException if there are several rows of numbers for an image
   */
  public int classes() throws OnnxException {
    int[] shape = new GraphOutputs(model.getGraph()).described(outputs.get(0)).shape();
    try {
      requireOneRow(outputs.get(0), shape);
      return shape.length == 0 ? 0 : Arrays.stream(shape).reduce(1, Math::multiplyExact);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks that an output is one score for each class, whatever dimensions of size 1 it has.
   *
   * @param output its name
   * @param shape its shape without the batch; 0 stands for what is unknown
   * @throws IllegalArgumentException if there are several rows of numbers for an image
   */
  public static void requireOneRow(String output, int[] shape) {
    if (Arrays.stream(shape).filter(size -> size > 1).count() > 1) {
      throw new IllegalArgumentException(
          ("the output '%s' has shape N x %s; one score for each class is expected; if it has"
                  + " another meaning, say --task")
              .formatted(
                  Quoted.of(output),
                  Arrays.stream(shape)
                      .mapToObj(String::valueOf)
                      .collect(Collectors.joining(" x "))));
    }
  }

  /**
   * Decides what the outputs of a file mean that is described as one of another task than
   * classification.
   *
   * @param description of the file
   * @return the objective, and what was assumed
   * @throws OnnxException if the outputs do not fit, the file does not say their shapes, or it is
   *     not clear whether they are logits
   */
  public Described described(InputDescription description) throws OnnxException {
    try {
      GraphOutputs declared = new GraphOutputs(model.getGraph());
      List<TaskObjective.Output> found = outputs.stream().map(declared::described).toList();
      for (TaskObjective.Output output : found) {
        if (!output.isKnown()) {
          throw new IllegalArgumentException(
              "it does not say the shape of its output '%s'; export it with fixed sizes, or with"
                      .formatted(Quoted.of(output.name()))
                  + " its shapes inferred");
        }
      }
      if (description.preprocessing().isEmpty()) {
        throw new IllegalArgumentException(
            "say `preprocessing` in the json file beside it: it is not known how its images are"
                + " prepared");
      }
      Task task = description.task().orElseThrow().task();
      TaskObjective meaning =
          found.size() == 1
              ? TaskObjective.of(task, found.get(0), scores, size, description.task())
              : TaskObjective.of(found, scores, size, description.task());
      requireLogits(meaning.objective());
      return new Described(meaning.objective(), meaning.notices());
    } catch (IllegalArgumentException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * What a file's outputs mean.
   *
   * @param objective the task
   * @param notices what was assumed
   */
  public record Described(Objective objective, List<String> notices) {}

  /** Answers by the sign of a logit must not be read from probabilities. */
  private void requireLogits(Objective objective) {
    boolean bySign =
        objective instanceof Binary
            || objective instanceof MultiLabel
            || (objective instanceof Segmentation segments && segments.channels() == 1);
    boolean known = scores == Scores.SIGMOIDS || (scores == Scores.LOGITS && endsWithLayer());
    if (bySign && !known) {
      throw new IllegalArgumentException(
          ("the nodes before its output '%s' do not show whether it gives logits or probabilities;"
                  + " export it so that it ends with its sigmoids or logits")
              .formatted(Quoted.of(outputs.get(0))));
    }
  }

  /** The scores of classes: the function stands at the end, but for nodes that change the form. */
  private static Scores ofClasses(GraphProto graph, String output) {
    Scores found = end(graph, output, FORMS);
    return found == Scores.SIGMOIDS ? Scores.LOGITS : found;
  }

  /** Scores that may also be moved, and stand beside boxes. */
  private static Scores ofTask(GraphProto graph, String output) {
    Set<String> passed = new HashSet<>(FORMS);
    passed.addAll(MOVES);
    return end(graph, output, passed);
  }

  private static Scores end(GraphProto graph, String output, Set<String> passed) {
    Map<String, NodeProto> makers = makers(graph);
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      NodeProto maker = makers.get(open.pop());
      if (maker == null || !seen.add(maker.getOutput(0))) {
        continue;
      }
      switch (maker.getOpType()) {
        case "Softmax", "QLinearSoftmax" -> {
          return Scores.PROBABILITIES;
        }
        case "LogSoftmax" -> {
          return Scores.LOG_PROBABILITIES;
        }
        case "Sigmoid", "QLinearSigmoid" -> {
          return Scores.SIGMOIDS;
        }
        default -> {
          if (passed.contains(maker.getOpType())) {
            open.addAll(maker.getInputList());
          }
        }
      }
    }
    return Scores.LOGITS;
  }

  /**
   * Tells whether the output scores classes of which one is right, by the nodes at its end: a
   * softmax, or a layer with weights and what only scales or moves its results. A sigmoid, for
   * example, may be that of a network with any number of right classes.
   *
   * @return whether there is no doubt
   */
  public boolean isClearlyClassifier() {
    return scores != Scores.LOGITS || endsWithLayer();
  }

  /** Whether the scores are results of a layer with weights, which are only scaled or moved. */
  private boolean endsWithLayer() {
    Map<String, NodeProto> makers = makers(model.getGraph());
    boolean found = false;
    Set<String> passed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(outputs.get(0)));
    while (!open.isEmpty()) {
      NodeProto maker = makers.get(open.pop());
      if (maker == null || !passed.add(maker.getOutput(0))) {
        continue;
      }
      String type = maker.getOpType();
      if (LAYERS.contains(type)) {
        found = true;
      } else if (FORMS.contains(type) || POOLS.contains(type) || PASSING.contains(type)) {
        open.addAll(maker.getInputList());
      } else if (!type.equals("Constant")) {
        return false;
      }
    }
    return found;
  }

  /** The last pooling on the way to the output. */
  private static Optional<NodeProto> pool(GraphProto graph, String output) {
    Optional<NodeProto> last = Optional.empty();
    for (NodeProto node : new NodeOrder(graph).upTo(List.of(output))) {
      if (POOLS.contains(node.getOpType()) && node.getInputCount() > 0) {
        last = Optional.of(node);
      }
    }
    return last;
  }

  /** Whether a reduction is over height and width of (N, height, width, channels). */
  private static boolean poolsLast(GraphProto graph, NodeProto pool, Tensors tensors)
      throws IOException {
    if (!pool.getOpType().startsWith("Reduce") && !pool.getOpType().equals("QLinearReduceMean")) {
      return false;
    }
    Set<Long> axes = new HashSet<>();
    pool.getAttributeList().stream()
        .filter(a -> a.getName().equals("axes"))
        .forEach(a -> axes.addAll(a.getIntsList()));
    for (TensorProto t : graph.getInitializerList()) {
      if (pool.getInputCount() == 2 && t.getName().equals(pool.getInput(1))) {
        ConstantTensor constant = tensors.read(t);
        for (int i = 0; i < constant.size(); i++) {
          axes.add((long) constant.at(i));
        }
      }
    }
    return axes.stream()
        .map(axis -> axis < 0 ? axis + 4 : axis)
        .collect(Collectors.toSet())
        .equals(Set.of(1L, 2L));
  }

  private static boolean hasDynamicRanges(ModelProto model) {
    return model.getGraph().getNodeList().stream()
        .anyMatch(n -> n.getOpType().startsWith("DynamicQuantize"));
  }

  private static void requireKnownOperators(ModelProto model) {
    boolean functions = model.getUnknownFields().hasField(FUNCTIONS);
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (!DOMAINS.contains(node.getDomain()) && !functions) {
        throw new IllegalArgumentException(
            "node '%s' (%s) is of the domain '%s': operators of custom libraries are not run"
                .formatted(
                    Quoted.of(node.getName()),
                    Quoted.of(node.getOpType()),
                    Quoted.of(node.getDomain())));
      }
    }
  }

  /**
   * Reads a constant tensor of the graph.
   *
   * @param name of the tensor
   * @return its elements; empty if it is not a constant
   * @throws OnnxException if it is damaged
   */
  public Optional<ConstantTensor> constant(String name) throws OnnxException {
    try {
      for (TensorProto t : model.getGraph().getInitializerList()) {
        if (t.getName().equals(name)) {
          return Optional.of(tensors().read(t));
        }
      }
      NodeProto maker = makers(model.getGraph()).get(name);
      if (maker != null && maker.getOpType().equals("Constant") && maker.getAttributeCount() == 1) {
        return Optional.of(tensors().read(maker.getAttribute(0).getT()));
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  private Tensors tensors() {
    return new Tensors(new ExternalData(path.toAbsolutePath().getParent()));
  }

  /** Puts tensors of other files into the model. */
  private static final class Embedding {
    private final ExternalData external;
    private final Tensors tensors;
    private long bytes;

    Embedding(ExternalData external) {
      this.external = external;
      this.tensors = new Tensors(external);
    }

    ModelProto embed(ModelProto model) throws IOException {
      bytes = model.getSerializedSize();
      return hasExternal(model.getGraph())
          ? model.toBuilder().setGraph(embed(model.getGraph())).build()
          : model;
    }

    private static boolean isExternal(TensorProto t) {
      return t.getDataLocation() == TensorProto.DataLocation.EXTERNAL
          || t.getExternalDataCount() > 0;
    }

    private static boolean hasExternal(GraphProto graph) {
      return graph.getInitializerList().stream().anyMatch(Embedding::isExternal)
          || graph.getNodeList().stream()
              .flatMap(n -> n.getAttributeList().stream())
              .anyMatch(Embedding::hasExternal);
    }

    private static boolean hasExternal(AttributeProto a) {
      return (a.hasT() && isExternal(a.getT()))
          || a.getTensorsList().stream().anyMatch(Embedding::isExternal)
          || (a.hasG() && hasExternal(a.getG()))
          || a.getGraphsList().stream().anyMatch(Embedding::hasExternal);
    }

    private GraphProto embed(GraphProto graph) throws IOException {
      GraphProto.Builder built = graph.toBuilder();
      for (int i = 0; i < built.getInitializerCount(); i++) {
        built.setInitializer(i, embed(built.getInitializer(i)));
      }
      for (int n = 0; n < built.getNodeCount(); n++) {
        if (built.getNode(n).getAttributeList().stream().anyMatch(Embedding::hasExternal)) {
          NodeProto.Builder node = built.getNode(n).toBuilder();
          for (int i = 0; i < node.getAttributeCount(); i++) {
            node.setAttribute(i, embed(node.getAttribute(i)));
          }
          built.setNode(n, node);
        }
      }
      return built.build();
    }

    private AttributeProto embed(AttributeProto attribute) throws IOException {
      AttributeProto.Builder built = attribute.toBuilder();
      if (built.hasT()) {
        built.setT(embed(built.getT()));
      }
      for (int i = 0; i < built.getTensorsCount(); i++) {
        built.setTensors(i, embed(built.getTensors(i)));
      }
      if (built.hasG()) {
        built.setG(embed(built.getG()));
      }
      for (int i = 0; i < built.getGraphsCount(); i++) {
        built.setGraphs(i, embed(built.getGraphs(i)));
      }
      return built.build();
    }

    private TensorProto embed(TensorProto t) throws IOException {
      if (!isExternal(t)) {
        return t;
      }
      // Checks shape, type, and that the file is in the model's folder.
      ConstantTensor checked = tensors.read(t);
      long size = (checked.size() * (long) checked.type().bits() + 7) / 8;
      bytes += size;
      if (bytes > MAX_BYTES) {
        throw new IllegalArgumentException(
            "has more than 2 GB of tensors, which ONNX Runtime is not given from memory");
      }
      return t.toBuilder()
          .clearExternalData()
          .clearDataLocation()
          .setRawData(UnsafeByteOperations.unsafeWrap(external.read(t, size)))
          .build();
    }
  }
}
