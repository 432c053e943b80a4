package org.bitgaze.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;

/** Finds the tensors whose values a map can weigh. */
final class Target {
  /** Whose output is no image, or only part of one, whatever its dimensions. */
  private static final List<Class<? extends Op>> UNFIT =
      List.of(Dropout.class, Input.class, Pad.class, Permute.class, Reshape.class, Slice.class);

  private Target() {}

  /**
   * Finds the tensors with height and width through which all goes to the output, in the order of
   * the nodes; in a convolutional network the last is the one before global pooling. In one pass,
   * for files may be long.
   */
  static List<String> all(Graph graph, Size size) {
    List<Node> nodes = graph.nodes();
    Map<String, Integer> lastReader = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastReader.put(input, i);
      }
    }
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    List<String> all = new ArrayList<>();
    int furthest = 0;
    for (int i = 0; i < nodes.size() - 1; i++) {
      Node node = nodes.get(i);
      int[] shape = shapes.get(node.name());
      boolean image = shape.length == 3 && shape[1] * shape[2] > 1;
      // Nobody behind this node reads what comes before it.
      if (furthest <= i && image && !UNFIT.contains(node.op().getClass())) {
        all.add(node.name());
      }
      furthest = Math.max(furthest, lastReader.getOrDefault(node.name(), 0));
    }
    return all;
  }
}
