package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** The nodes of a file, each after those whose outputs it takes; some converters leave others. */
final class NodeOrder {
  private final List<NodeProto> nodes;
  private final Map<String, Integer> makers = new HashMap<>();

  NodeOrder(GraphProto graph) {
    nodes = graph.getNodeList();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        makers.putIfAbsent(output, i);
      }
    }
    makers.remove("");
  }

  /** All nodes; those that wait for each other come last. */
  List<NodeProto> all() {
    boolean[] wanted = new boolean[nodes.size()];
    Arrays.fill(wanted, true);
    return sorted(wanted);
  }

  /** The nodes that some tensors depend on. */
  List<NodeProto> upTo(List<String> tensors) {
    boolean[] wanted = new boolean[nodes.size()];
    Deque<String> open = new ArrayDeque<>(tensors);
    while (!open.isEmpty()) {
      Integer maker = makers.get(open.pop());
      if (maker != null && !wanted[maker]) {
        wanted[maker] = true;
        open.addAll(nodes.get(maker).getInputList());
      }
    }
    return sorted(wanted);
  }

  private List<NodeProto> sorted(boolean[] wanted) {
    int[] waits = new int[nodes.size()];
    Map<Integer, List<Integer>> readers = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waits.length; i++) {
      for (String input : nodes.get(i).getInputList()) {
        Integer maker = makers.get(input);
        if (maker != null && wanted[maker]) {
          waits[i]++;
          readers.computeIfAbsent(maker, m -> new ArrayList<>()).add(i);
        }
      }
      if (waits[i] == 0 && wanted[i]) {
        ready.add(i);
      }
    }
    List<NodeProto> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.poll();
      sorted.add(nodes.get(next));
      for (int reader : readers.getOrDefault(next, List.of())) {
        if (--waits[reader] == 0 && wanted[reader]) {
          ready.add(reader);
        }
      }
    }
    for (int i = 0; i < waits.length; i++) {
      if (wanted[i] && waits[i] > 0) {
        sorted.add(nodes.get(i));
      }
    }
    return sorted;
  }
}
