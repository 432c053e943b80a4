package org.bitgaze.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.Slice;
import org.bitgaze.network.op.Softmax;

/**
 * Scaled dot-product attention of several heads (Vaswani et al. 2017), between the layer that makes
 * queries, keys and values at once and the layer that mixes the heads.
 *
 * @param g where nodes are added
 * @param path prefix of their names
 * @param outer sizes before the tokens', such as the number of windows
 * @param tokens number of tokens that attend to each other
 * @param heads number of heads
 * @param width size of a token over all heads
 */
record Attention(
    GraphBuilder g, String path, List<Integer> outer, int tokens, int heads, int width) {

  /** Changes the scores before the softmax. */
  @FunctionalInterface
  interface Bias {
    /** Returns the node of the changed scores (..., heads, tokens, tokens). */
    String apply(String scores);
  }

  /** Adds the attention to queries, keys and values (..., tokens, 3 width). */
  String apply(String qkv) {
    return apply(qkv, scores -> scores);
  }

  /** Adds the attention with a bias. */
  String apply(String qkv, Bias bias) {
    int rank = outer.size();
    String x = g.apply(path + "reshape", new Reshape(sizes(tokens, 3, heads, width / heads)), qkv);
    // (..., T, 3, heads, d) to (3, ..., heads, T, d).
    List<Integer> order = new ArrayList<>(List.of(rank + 2));
    IntStream.rangeClosed(1, rank).forEach(order::add);
    order.addAll(List.of(rank + 3, rank + 1, rank + 4));
    x = g.apply(path + "permute", new Permute(order), x);
    String q = part("q", x, 0);
    String k = part("k", x, 1);
    String v = part("v", x, 2);
    // The scale stands before the product, so that the scores' range is that of scaled scores.
    q = g.apply(path + "scaled", new ScalarAffine(1 / Math.sqrt((double) width / heads), 0), q);
    k = g.apply(path + "transpose", new Permute(swapped(rank, 1, 3, 2)), k);
    String y = g.apply(path + "scores", new MatMul(), q, k);
    y = g.apply(path + "softmax", new Softmax(rank + 3), bias.apply(y));
    y = g.apply(path + "context", new MatMul(), y, v);
    y = g.apply(path + "transpose_1", new Permute(swapped(rank, 2, 1, 3)), y);
    return g.apply(path + "reshape_1", new Reshape(sizes(tokens, width)), y);
  }

  private String part(String name, String x, int index) {
    String slice = g.apply(path + name + "_slice", new Slice(1, index, index + 1, 1), x);
    return g.apply(path + name, new Reshape(sizes(heads, tokens, width / heads)), slice);
  }

  private List<Integer> sizes(Integer... inner) {
    List<Integer> all = new ArrayList<>(outer);
    all.addAll(List.of(inner));
    return all;
  }

  /** The outer dimensions stay; the last three are reordered. */
  private static List<Integer> swapped(int rank, int... inner) {
    List<Integer> order = new ArrayList<>();
    IntStream.rangeClosed(1, rank).forEach(order::add);
    IntStream.of(inner).forEach(i -> order.add(rank + i));
    return order;
  }
}
