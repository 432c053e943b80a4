package org.bitgaze.onnx;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Binary;
import org.bitgaze.explain.task.Detection;
import org.bitgaze.explain.task.Detection.Layout;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.explain.task.Segmentation;
import org.bitgaze.explain.task.Task;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.OutputWalk;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Outputs;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.weights.Tensor;

/**
 * What the outputs of a network mean that is not a classifier: decided by their shapes and by the
 * sigmoids and softmaxes that they end with, or by a description where these leave a doubt.
 *
 * @param objective what the outputs mean
 * @param graph the network, whose last node returns the logits and what else the answer needs
 * @param scores the node that returns the scores, or their logits
 * @param scoresName the name of the file's output with the scores
 * @param notices what was assumed
 */
record TaskOutputs(
    Objective objective, Graph graph, String scores, String scoresName, List<String> notices) {
  private static final String NODE = "outputs";

  /**
   * One of the file's outputs.
   *
   * @param name in the file
   * @param node that computes it
   * @param shape without the batch
   */
  record Output(String name, String node, int[] shape) {
    int elements() {
      return Math.toIntExact(Tensor.elements(shape));
    }

    @Override
    public String toString() {
      String sizes = Arrays.stream(shape).mapToObj(String::valueOf).collect(joining(" x "));
      return "'" + Quoted.of(name) + "' (N x " + sizes + ")";
    }
  }

  /**
   * Decides what outputs mean.
   *
   * @throws IllegalArgumentException if they leave a doubt, saying what to describe
   */
  static TaskOutputs of(
      Graph graph, List<Output> outputs, Size size, Optional<TaskDescription> said) {
    return outputs.size() == 1
        ? ofOne(graph, outputs.get(0), size, said)
        : ofBoxes(graph, outputs, size, said);
  }

  private static TaskOutputs ofOne(
      Graph graph, Output output, Size size, Optional<TaskDescription> said) {
    Logits logits = Logits.of(graph, output.node());
    requireLogits(graph, output, logits);
    Task task = said.map(TaskDescription::task).orElseGet(() -> task(output, logits));
    int[] shape = output.shape();
    boolean perImage = shape.length < 3 || Tensor.elements(shape) == shape[0];
    List<String> notices = new ArrayList<>();
    switch (task) {
      case BINARY -> {
        require(output, task, perImage && output.elements() == 1, "N x 1");
        if (said.isEmpty() && logits.leftOut().isEmpty()) {
          notices.add(
              output + " is taken as the logit of a yes or no; a regression cannot be explained");
        }
        return of(new Binary(), logits, output, List.of(), notices);
      }
      case MULTILABEL -> {
        require(output, task, perImage && output.elements() > 1, "N x classes");
        return of(new MultiLabel(output.elements()), logits, output, List.of(), notices);
      }
      case SEGMENTATION -> {
        require(output, task, shape.length == 3, "N x classes x height x width");
        boolean last = isChannelsLast(output, size, said);
        Segmentation objective =
            last
                ? new Segmentation(shape[2], shape[0], shape[1], true)
                : new Segmentation(shape[0], shape[1], shape[2], false);
        if (said.isEmpty() && shape[last ? 2 : 0] == 1) {
          throw new IllegalArgumentException(
              "its output is "
                  + output
                  + ": one number per pixel; say --task segmentation if it is a class against the"
                  + " background, or --saliency onnx:FILE if it is a saliency map");
        }
        return of(objective, logits, output, List.of(), notices);
      }
      case DETECTION -> {
        return ofYolo(logits, output, said, notices);
      }
      default -> throw new IllegalArgumentException("its output is " + output + ", not classes");
    }
  }

  /** Checks that no probabilities are taken for logits. */
  private static void requireLogits(Graph graph, Output output, Logits logits) {
    boolean found = logits.leftOut().isPresent() && logits.whole();
    // A detector's boxes stand beside its scores, and end with no sigmoid.
    boolean boxes = output.shape().length == 2;
    if (boxes || found) {
      return;
    }
    Set<String> alive = graph.ancestors(output.node());
    Graph all =
        new Graph(
            graph.name(), graph.nodes().stream().filter(n -> alive.contains(n.name())).toList());
    if (logits.leftOut().isPresent() || Head.isOtherTask(all, 2)) {
      throw new IllegalArgumentException(
          output
              + " has sigmoids that other operations follow: a multi-label or binary classifier"
              + " whose logits cannot be found; export it so that it ends with its sigmoids or"
              + " logits");
    }
  }

  private static void require(Output output, Task task, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "its output is " + output + ", but " + task.id() + " has " + expected);
    }
  }

  /** What one output means, if its shape leaves no doubt. */
  private static Task task(Output output, Logits logits) {
    int[] shape = output.shape();
    boolean sigmoid = logits.leftOut().filter(Sigmoid.class::isInstance).isPresent();
    if (output.elements() == 1) {
      Op source = logits.graph().node(source(logits.graph(), logits.node())).op();
      boolean softmax = logits.leftOut().filter(Softmax.class::isInstance).isPresent();
      boolean computed = !source.weights().isEmpty() || source instanceof Add;
      if (softmax || (logits.leftOut().isEmpty() && !computed)) {
        throw new IllegalArgumentException(
            "has one output per image, "
                + output
                + ": a binary classifier or a regression; if it is the logit of a yes or no, say"
                + " --task binary");
      }
      return Task.BINARY;
    }
    if (shape.length == 1 && sigmoid) {
      return Task.MULTILABEL;
    }
    if (shape.length == 3 && shape[1] * shape[2] == 1 && sigmoid) {
      return Task.MULTILABEL;
    }
    if (shape.length == 3) {
      return Task.SEGMENTATION;
    }
    if (shape.length == 2 && sigmoid && Math.min(shape[0], shape[1]) > 4) {
      return Task.DETECTION;
    }
    throw new IllegalArgumentException(
        "its output is "
            + output
            + ", which does not tell what it means: say --task, or `task` in the json file beside"
            + " it");
  }

  /** The operation that computes values which are only moved afterwards. */
  private static String source(Graph graph, String node) {
    String at = node;
    while (OutputWalk.moves(graph.node(at).op()) && !graph.node(at).inputs().isEmpty()) {
      at = graph.node(at).input();
    }
    return at;
  }

  private static boolean isChannelsLast(Output output, Size size, Optional<TaskDescription> said) {
    Optional<String> layout = said.flatMap(TaskDescription::layout);
    if (layout.isPresent()) {
      return layout.get().equals("nhwc");
    }
    int[] shape = output.shape();
    boolean first = hasProportions(shape[1], shape[2], size);
    boolean last = hasProportions(shape[0], shape[1], size);
    if (first == last) {
      throw new IllegalArgumentException(
          "its output is "
              + output
              + ": which of these are height and width? say --task segmentation,layout=nchw or nhwc");
    }
    return last;
  }

  private static boolean hasProportions(int height, int width, Size size) {
    return (long) height * size.width() == (long) width * size.height();
  }

  private static TaskOutputs ofYolo(
      Logits logits, Output output, Optional<TaskDescription> said, List<String> notices) {
    int[] shape = output.shape();
    require(output, Task.DETECTION, shape.length == 2, "N x anchors x numbers, or two outputs");
    Layout layout =
        said.flatMap(TaskDescription::layout)
            .map(id -> Layout.valueOf(id.toUpperCase(Locale.ROOT)))
            .orElse(shape[1] > shape[0] ? Layout.V8 : Layout.V5);
    boolean rows = layout == Layout.V8;
    int anchors = rows ? shape[1] : shape[0];
    int classes = (rows ? shape[0] - 4 : shape[1] - 5);
    require(
        output,
        Task.DETECTION,
        layout != Layout.BOXES && classes > 0,
        "two outputs, or N x (4 + classes) x anchors (v8), or N x anchors x (5 + classes) (v5)");
    if (!rows && logits.leftOut().isEmpty()) {
      throw new IllegalArgumentException(
          "the scores of "
              + output
              + " end with no sigmoid: a score is the product of two probabilities; export the"
              + " network with its sigmoid");
    }
    int at = logits.node().equals(output.node()) ? 0 : output.elements();
    Detection objective = new Detection(layout, classes, anchors, false, at, at, 1, 1);
    return of(objective, logits, output, at == 0 ? List.of() : List.of(output), notices);
  }

  private static TaskOutputs ofBoxes(
      Graph graph, List<Output> outputs, Size size, Optional<TaskDescription> said) {
    Optional<Output> boxes = outputs.size() == 2 ? boxes(outputs) : Optional.empty();
    if (boxes.isEmpty() || said.map(TaskDescription::task).filter(isOther()).isPresent()) {
      throw new IllegalArgumentException(
          ("has %d outputs: %s; choose the one with the scores of the classes with --outputs NAME, or"
                  + " a detector's boxes and scores with --outputs BOXES,SCORES")
              .formatted(
                  outputs.size(),
                  outputs.stream()
                      .map(output -> "'" + Quoted.of(output.name()) + "'")
                      .collect(joining(", "))));
    }
    Output scores = outputs.get(outputs.get(0) == boxes.get() ? 1 : 0);
    Logits logits = Logits.of(graph, scores.node());
    Optional<Boolean> known = said.flatMap(TaskDescription::background);
    if (known.isEmpty() && logits.leftOut().isEmpty()) {
      throw new IllegalArgumentException(
          "the scores "
              + scores
              + " end with no sigmoid or softmax: is the first that of the background? say --task"
              + " detection,background=true or false");
    }
    boolean background =
        known.orElseGet(() -> logits.leftOut().filter(Softmax.class::isInstance).isPresent());
    List<String> notices = new ArrayList<>();
    Optional<Boolean> fractions = said.flatMap(TaskDescription::fractions);
    if (fractions.isEmpty()) {
      notices.add(
          boxes.get()
              + " is taken as corners x1, y1, x2, y2 in fractions of the input; --task"
              + " detection,boxes=pixels says otherwise");
    }
    boolean scaled = fractions.orElse(true);
    List<Output> others = new ArrayList<>();
    int scoresAt = 0;
    if (!logits.node().equals(scores.node())) {
      scoresAt = scores.elements();
      others.add(scores);
    }
    others.add(boxes.get());
    int classes = scores.shape()[1] - (background ? 1 : 0);
    require(scores, Task.DETECTION, classes > 0, "a score for each class");
    Detection objective =
        new Detection(
            Layout.BOXES,
            classes,
            scores.shape()[0],
            background,
            scoresAt,
            scoresAt + scores.elements(),
            scaled ? size.width() : 1,
            scaled ? size.height() : 1);
    return of(objective, logits, scores, others, notices);
  }

  private static Predicate<Task> isOther() {
    return task -> task != Task.DETECTION;
  }

  /** The output with four numbers for each anchor; by its name, if both have four. */
  private static Optional<Output> boxes(List<Output> outputs) {
    Output a = outputs.get(0);
    Output b = outputs.get(1);
    boolean pairs = a.shape().length == 2 && b.shape().length == 2 && a.shape()[0] == b.shape()[0];
    if (!pairs) {
      return Optional.empty();
    }
    boolean first = a.shape()[1] == 4;
    boolean second = b.shape()[1] == 4;
    if (first && second) {
      first = isNamedBoxes(a);
      second = isNamedBoxes(b);
    }
    return first == second ? Optional.empty() : Optional.of(first ? a : b);
  }

  private static boolean isNamedBoxes(Output output) {
    String name = output.name().toLowerCase(Locale.ROOT);
    return name.contains("box") || name.contains("loc");
  }

  /** Ends the graph with the logits and some outputs, as one row of numbers. */
  private static TaskOutputs of(
      Objective objective,
      Logits logits,
      Output scores,
      List<Output> others,
      List<String> notices) {
    List<String> inputs = new ArrayList<>(List.of(logits.node()));
    List<Integer> sizes = new ArrayList<>(List.of(scores.elements()));
    for (Output other : others) {
      inputs.add(other.node());
      sizes.add(other.elements());
    }
    StringBuilder name = new StringBuilder(NODE);
    while (logits.graph().names().contains(name.toString())) {
      name.append('_');
    }
    List<Node> nodes = new ArrayList<>(logits.graph().nodes());
    nodes.add(new Node(name.toString(), "", new Outputs(sizes), inputs));
    Graph all = new Graph(logits.graph().name(), nodes);
    Set<String> alive = all.ancestors(name.toString());
    Graph wanted =
        new Graph(all.name(), nodes.stream().filter(n -> alive.contains(n.name())).toList());
    return new TaskOutputs(
        objective, wanted, scoresNode(wanted, logits, scores), scores.name(), notices);
  }

  private static String scoresNode(Graph graph, Logits logits, Output scores) {
    return graph.names().contains(scores.node()) ? scores.node() : logits.node();
  }
}
