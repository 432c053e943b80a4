package org.bitgaze.onnx;

import static java.util.stream.Collectors.joining;

import ai.onnx.proto.OnnxMl.GraphProto;
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
    return graph.getOutputList().stream()
        .filter(output -> output.getName().equals(chosen.get()))
        .findFirst()
        .orElseThrow(() -> unknown(chosen.get()));
  }

  /** {@return an error: there is no such output} */
  IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "has no output '" + name + "'; its outputs are " + quoted());
  }

  private String quoted() {
    return names().stream().map(n -> "'" + Quoted.of(n) + "'").collect(joining(", "));
  }
}
