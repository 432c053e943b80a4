package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The end of a network of classes. A map explains the logit, so a softmax at the end, and what only
 * reshapes or quantizes its probabilities, is left out.
 *
 * @param logits the tensor that is the output without them
 * @param leftOut nodes, by their first output
 * @param axis the classes' axis as the softmax says it; 1 where there is none
 */
record Tail(String logits, Set<String> leftOut, long axis) {
  private static final Set<String> SOFTMAX = Set.of("Softmax", "LogSoftmax");

  /** ONNX Runtime keeps pairs of more than 8 bits in a domain of its own. */
  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "com.microsoft");

  private static final Set<String> HARMLESS =
      Set.of("Identity", "Flatten", "Reshape", "Squeeze", "QuantizeLinear", "DequantizeLinear");

  /** Follows a graph's output back to its logits. */
  static Tail of(GraphProto graph, int opset) {
    Map<String, NodeProto> makers = new HashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().forEach(output -> makers.put(output, node));
    }
    String output = graph.getOutput(0).getName();
    Set<String> passed = new HashSet<>();
    for (String name = output; ; ) {
      NodeProto maker = makers.get(name);
      boolean known =
          maker != null
              && maker.getInputCount() > 0
              && DOMAINS.contains(maker.getDomain())
              && passed.add(maker.getOutput(0));
      if (known && SOFTMAX.contains(maker.getOpType())) {
        long axis = new Attributes(maker, Set.of("axis")).integer("axis", opset < 13 ? 1 : -1);
        return new Tail(maker.getInput(0), passed, axis);
      }
      if (!known || !HARMLESS.contains(maker.getOpType())) {
        return new Tail(output, Set.of(), 1);
      }
      name = maker.getInput(0);
    }
  }

  /** Checks that the softmax was over the classes. */
  void check(int rank) {
    if (axis != 1 && axis + rank != 1) {
      throw new IllegalArgumentException("its softmax is over axis " + axis + ", not the classes");
    }
  }
}
