package org.bitgaze.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.op.Input;

/** Sizes of every node's output for one image, and the multiply-adds that it costs. */
public final class Shapes {
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private long multiplyAdds;

  private Shapes() {}

  /**
   * Infers the shapes.
   *
   * @param graph any graph
   * @param height height of the input in pixels
   * @param width width of the input in pixels
   * @return the shapes without the batch dimension
   * @throws IllegalArgumentException if an operation gets inputs it was not made for, or an image
   *     too small for it, naming the node
   */
  public static Shapes of(Graph graph, int height, int width) {
    Shapes s = new Shapes();
    for (Node node : graph.nodes()) {
      List<int[]> in = node.inputs().stream().map(s.shapes::get).toList();
      String where = graph.name() + ": " + node.name() + " ";
      int[] out;
      try {
        out =
            node.op() instanceof Input input
                ? new int[] {input.channels(), height, width}
                : node.op().outputShape(in);
        s.multiplyAdds += node.op().multiplyAdds(in);
      } catch (IndexOutOfBoundsException e) {
        throw new IllegalArgumentException(where + "has too few inputs: " + node.inputs(), e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(where + e.getMessage(), e);
      }
      for (int size : out) {
        if (size < 1) {
          throw new IllegalArgumentException(
              where + "has no output, for an image of " + width + "x" + height + " is too small");
        }
      }
      s.shapes.put(node.name(), out);
    }
    return s;
  }

  /**
   * Returns the size of a node's output.
   *
   * @param node its name
   * @return (channels, height, width), or (features)
   */
  public int[] get(String node) {
    return shapes.get(node).clone();
  }

  /**
   * Returns the cost of one image.
   *
   * @return multiplications with addition in convolutions and linear layers
   */
  public long multiplyAdds() {
    return multiplyAdds;
  }
}
