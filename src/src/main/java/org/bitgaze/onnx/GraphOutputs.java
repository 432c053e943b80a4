package org.bitgaze.onnx;

import static java.util.stream.Collectors.joining;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Optional;
import org.bitgaze.onnx.file.Quoted;

/**
 * The outputs that a file declares.
 *
 * @param graph the file's graph
 */
record GraphOutputs(GraphProto graph) {

  /** {@return the names, in the order of the file} */
  List<String> names() {
    return graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
  }

  /**
   * Chooses the output with the scores of the classes.
   *
   * @param description may name the output
   * @return the only output, or the described one of several
   * @throws IllegalArgumentException if there are several and none of them is described
   */
  ValueInfoProto scores(InputDescription description) {
    if (graph.getOutputCount() == 1) {
      return graph.getOutput(0);
    }
    Optional<String> chosen = description.output();
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "has %d outputs: %s; choose the one with the scores of the classes with --outputs NAME"
              .formatted(graph.getOutputCount(), quoted()));
    }
    return output(chosen.get());
  }

  private ValueInfoProto output(String name) {
    return graph.getOutputList().stream()
        .filter(output -> output.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "has no output '" + name + "'; its outputs are " + quoted()));
  }

  /**
   * Finds the outputs with the scores and, of a detector, with the boxes.
   *
   * @param description may name outputs, and the task
   * @return one output, or the scores and the boxes
   * @throws IllegalArgumentException if the outputs leave a doubt
   */
  List<TaskObjective.Output> scoresAndBoxes(InputDescription description) {
    List<TaskObjective.Output> wanted = wanted(description).stream().map(this::described).toList();
    if (wanted.size() == 1) {
      return wanted;
    }
    TaskObjective.Output boxes = TaskObjective.boxes(wanted, description.task());
    return List.of(wanted.get(wanted.get(0) == boxes ? 1 : 0), boxes);
  }

  /**
   * Describes an output.
   *
   * @param name of the output
   * @return its name and shape; sizes that the file does not say are 0
   * @throws IllegalArgumentException if there is no such output
   */
  TaskObjective.Output described(String name) {
    TensorShapeProto shape = output(name).getType().getTensorType().getShape();
    return new TaskObjective.Output(
        name,
        shape.getDimList().stream()
            .skip(1)
            .mapToInt(d -> Math.toIntExact(Math.max(0, d.getDimValue())))
            .toArray());
  }

  /**
   * Chooses outputs.
   *
   * @param description may name some
   * @return the names of those that are described; of all if none is
   * @throws IllegalArgumentException if there is no such output
   */
  List<String> wanted(InputDescription description) {
    List<String> names = names();
    Optional<String> chosen = description.output();
    if (chosen.isEmpty() || names.size() == 1 || names.contains(chosen.get())) {
      return chosen.filter(names::contains).map(List::of).orElse(names);
    }
    List<String> some = List.of(chosen.get().split(","));
    some.forEach(this::output);
    return some;
  }

  private String quoted() {
    return names().stream().map(n -> "'" + Quoted.of(n) + "'").collect(joining(", "));
  }
}
