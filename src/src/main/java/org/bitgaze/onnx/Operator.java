package org.bitgaze.onnx;

import java.io.IOException;
import java.util.Set;

/**
 * One of ONNX's operators.
 *
 * @param type its name
 * @param least how many inputs it needs
 * @param most how many it may have
 * @param attributes all that it knows in any of the operator sets that are read
 * @param translation what becomes of a node
 */
record Operator(String type, int least, int most, Set<String> attributes, Translation translation) {

  /** Makes constants or nodes of the graph of one of a file's nodes. */
  @FunctionalInterface
  interface Translation {
    /**
     * Translates a node.
     *
     * @throws IllegalArgumentException if it says what is not supported or makes no sense
     * @throws IOException if a file beside the model cannot be read
     */
    void translate(OnnxNode node) throws IOException;
  }

  static Operator of(
      String type, int least, int most, Set<String> attributes, Translation translation) {
    return new Operator(type, least, most, attributes, translation);
  }
}
