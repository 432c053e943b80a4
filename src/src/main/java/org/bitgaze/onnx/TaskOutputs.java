package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.explain.Objective;
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

/**
 * What the outputs of a network mean that is not a classifier: decided by their shapes and by the
 * sigmoids and softmaxes that they end with, or by a description where these leave a doubt.
 *
 * @param objective what the outputs mean
 * @param graph the network, whose last node returns the logits and what else the answer needs
 * @param scores the node that returns the scores, or their logits
 * @param scoresName the name of the file's output with the scores
 * @param end what the file's scores are
 * @param notices what was assumed
 */
record TaskOutputs(
    Objective objective,
    Graph graph,
    String scores,
    String scoresName,
    Scores end,
    List<String> notices) {
  private static final String NODE = "outputs";

  /**
   * One of the file's outputs.
   *
   * @param description its name and shape
   * @param node that computes it
   */
  record Output(TaskObjective.Output description, String node) {}

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
    requireLogits(graph, output.description(), output.node(), logits);
    Task task = said.map(TaskDescription::task).orElseGet(() -> task(output.description(), logits));
    TaskObjective found = TaskObjective.of(task, output.description(), logits.scores(), size, said);
    boolean scored = task == Task.DETECTION && logits.scores() != Scores.LOGITS;
    return of(found, logits, output, scored ? List.of(output) : List.of());
  }

  private static TaskOutputs ofBoxes(
      Graph graph, List<Output> outputs, Size size, Optional<TaskDescription> said) {
    List<TaskObjective.Output> descriptions = outputs.stream().map(Output::description).toList();
    boolean first = descriptions.get(0) == TaskObjective.boxes(descriptions, said);
    Output boxes = outputs.get(first ? 0 : 1);
    Output scores = outputs.get(first ? 1 : 0);
    Logits logits = Logits.of(graph, scores.node());
    TaskObjective found = TaskObjective.of(descriptions, logits.scores(), size, said);
    boolean scored = logits.scores() != Scores.LOGITS;
    return of(found, logits, scores, scored ? List.of(scores, boxes) : List.of(boxes));
  }

  /** Checks that no probabilities are taken for logits. */
  private static void requireLogits(
      Graph graph, TaskObjective.Output output, String node, Logits logits) {
    boolean found = logits.leftOut().isPresent() && logits.whole();
    // A detector's boxes stand beside its scores, and end with no sigmoid.
    boolean boxes = output.shape().length == 2;
    if (boxes || found) {
      return;
    }
    Set<String> alive = graph.ancestors(node);
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

  /** What one output means, if its shape leaves no doubt. */
  private static Task task(TaskObjective.Output output, Logits logits) {
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

  /** Ends the graph with the logits and some outputs, as one row of numbers. */
  private static TaskOutputs of(
      TaskObjective found, Logits logits, Output scores, List<Output> others) {
    List<String> inputs = new ArrayList<>(List.of(logits.node()));
    List<Integer> sizes = new ArrayList<>(List.of(scores.description().elements()));
    for (Output other : others) {
      inputs.add(other.node());
      sizes.add(other.description().elements());
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
        found.objective(),
        wanted,
        scoresNode(wanted, logits, scores),
        found.scores().name(),
        logits.scores(),
        found.notices());
  }

  private static String scoresNode(Graph graph, Logits logits, Output scores) {
    return graph.names().contains(scores.node()) ? scores.node() : logits.node();
  }
}
