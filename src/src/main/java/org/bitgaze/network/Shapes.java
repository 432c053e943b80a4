package org.bitgaze.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shape of every node's output for one image, and the image's multiply-adds. */
public final class Shapes {
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private long multiplyAdds;

  private Shapes() {}

  /**
   * Infers the shapes.
   *
   * @param graph any graph
   * @param height height of the images in pixels
   * @param width width of the images in pixels
   * @return the shapes without the batch dimension
   * @throws IllegalArgumentException if an operation's inputs have the wrong shape, or the image is
   *     too small, naming the node
   */
  public static Shapes of(Graph graph, int height, int width) {
    Shapes s = new Shapes();
    List<int[]> image = List.of(new int[] {height, width});
    for (Node node : graph.nodes()) {
      boolean isInput = node.inputs().isEmpty();
      List<int[]> in = isInput ? image : node.inputs().stream().map(s.shapes::get).toList();
      String where = graph.name() + ": " + node.name() + " ";
      int[] out;
      try {
        out = node.op().outputShape(in);
        s.multiplyAdds += node.op().multiplyAdds(in);
      } catch (IndexOutOfBoundsException e) {
        throw new IllegalArgumentException(where + "has too few inputs: " + node.inputs(), e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(where + e.getMessage(), e);
      }
      for (int size : out) {
        if (size < 1) {
          throw new IllegalArgumentException(
              where + "has no output: an image of " + width + "x" + height + " is too small");
        }
      }
      s.shapes.put(node.name(), out);
    }
    return s;
  }

  /**
   * Returns the shape of a node's output.
   *
   * @param node its name
   * @return (channels, height, width), (features), or of another rank
   */
  public int[] get(String node) {
    return shapes.get(node).clone();
  }

  /** {@return the multiply-adds of one image in convolutions and other matrix products} */
  public long multiplyAdds() {
    return multiplyAdds;
  }
}
