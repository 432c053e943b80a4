package org.bitgaze.onnx.ops;

import java.io.IOException;
import java.util.Set;

/**
 * One of ONNX's operators.
 *
 * @param type its name
 * @param min the number of inputs it needs
 * @param max the number of inputs it may have
 * @param attributes the names of all attributes in the supported operator sets
 * @param translation turns a node into constants or nodes of the graph
 */
record Operator(String type, int min, int max, Set<String> attributes, Translation translation) {

  /** Turns a node of a file into constants or nodes of the graph. */
  @FunctionalInterface
  interface Translation {
    /**
     * Translates a node.
     *
     * @throws IllegalArgumentException if an attribute or input is invalid or not supported
     * @throws IOException if a file beside the model cannot be read
     */
    void translate(OnnxNode node) throws IOException;
  }

  static Operator of(
      String type, int min, int max, Set<String> attributes, Translation translation) {
    return new Operator(type, min, max, attributes, translation);
  }
}
