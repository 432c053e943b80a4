package org.bitgaze.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;

/**
 * The attentions of a network in which every token attends to every other in each block, as in a
 * vision transformer without windows.
 *
 * @param blocks the attentions in graph order; each weight tensor is (heads, T, T) for one T
 * @param view the tokens as an image: T = prefix + height * width
 * @param read the tokens that the network's head reads, in ascending order: the class token, or all
 */
public record GlobalAttention(List<AttentionBlock> blocks, TargetView view, List<Integer> read) {
  /** Copies the lists. */
  public GlobalAttention {
    blocks = List.copyOf(blocks);
    read = List.copyOf(read);
  }

  /**
   * Finds the attentions of a network.
   *
   * @param graph a graph, quantized or not
   * @param view how the network's target layer is seen as an image
   * @param size height and width of the images
   * @return the attentions
   * @throws IllegalArgumentException if there are none, or one is not over all tokens, naming it
   */
  public static GlobalAttention of(Graph graph, TargetView view, Size size) {
    List<AttentionBlock> blocks = AttentionBlock.of(graph);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(graph.name() + " has no attention");
    }
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    if (!view.isOfTokens()) {
      throw new IllegalArgumentException(
          "%s: its %d attentions are not over all tokens of the target layer, which has none; the first, '%s', is %s"
              .formatted(
                  graph.name(),
                  blocks.size(),
                  blocks.get(0).softmax().name(),
                  sizes(shapes.get(blocks.get(0).weights().name()))));
    }
    int tokens = view.prefix() + view.height() * view.width();
    for (AttentionBlock block : blocks) {
      int[] shape = shapes.get(block.weights().name());
      if (shape.length != 3 || shape[1] != tokens || shape[2] != tokens) {
        throw new IllegalArgumentException(
            "%s: attention '%s' is %s, not heads x %d x %d: it is not over all tokens of the target layer"
                .formatted(graph.name(), block.softmax().name(), sizes(shape), tokens, tokens));
      }
    }
    Node last = blocks.get(blocks.size() - 1).product();
    return new GlobalAttention(blocks, view, new Reading(graph, shapes, tokens).after(last));
  }

  private static String sizes(int[] shape) {
    return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(" x "));
  }

  /** Follows tokens from the last attention to the output. */
  private static final class Reading {
    /** Once tokens have no axis of their own, they are mixed. */
    private static final int MIXED = SpatialAxes.UNKNOWN;

    private final Graph graph;
    private final Shapes shapes;
    private final int tokens;
    private final Map<String, Read> all = new HashMap<>();

    /** Which tokens an output holds, and along which axis; all of them if they are mixed. */
    private record Read(int axis, List<Integer> tokens) {}

    Reading(Graph graph, Shapes shapes, int tokens) {
      this.graph = graph;
      this.shapes = shapes;
      this.tokens = tokens;
    }

    List<Integer> after(Node attention) {
      List<Node> nodes = graph.nodes();
      for (Node node : nodes.subList(nodes.indexOf(attention) + 1, nodes.size())) {
        for (String input : node.inputs()) {
          read(input).ifPresent(x -> all.merge(node.name(), step(node, x), Reading::both));
        }
      }
      return Optional.ofNullable(all.get(graph.output().name()))
          .map(Read::tokens)
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      graph.name() + ": it is not known which tokens the head reads"));
    }

    private static Read both(Read a, Read b) {
      TreeSet<Integer> union = new TreeSet<>(a.tokens());
      union.addAll(b.tokens());
      boolean same = a.tokens().equals(b.tokens()) && a.axis() == b.axis();
      return new Read(same ? a.axis() : MIXED, List.copyOf(union));
    }

    private Optional<Read> read(String node) {
      int[] shape = shapes.get(node);
      Read known = all.get(node);
      if (known == null && shape.length == 2 && (shape[0] == tokens || shape[1] == tokens)) {
        List<Integer> every = IntStream.range(0, tokens).boxed().toList();
        known = new Read(shape[0] == tokens ? 0 : 1, every);
      }
      return Optional.ofNullable(known);
    }

    private Read step(Node node, Read x) {
      int[] in = shapes.get(node.input());
      int[] out = shapes.get(node.name());
      if (node.op() instanceof Slice slice && slice.axis() - 1 == x.axis()) {
        return new Read(
            x.axis(),
            IntStream.range(0, out[x.axis()])
                .mapToObj(i -> x.tokens().get(slice.start() + i * slice.step()))
                .toList());
      }
      if (node.op() instanceof Gather gather && gather.axis() - 1 == x.axis()) {
        return new Read(x.axis(), gather.indices().stream().map(x.tokens()::get).toList());
      }
      if (node.op() instanceof Permute permute) {
        return new Read(permute.order().indexOf(x.axis() + 1), x.tokens());
      }
      boolean reduced = node.op() instanceof Reduce r && r.axes().contains(x.axis() + 1);
      if (reduced || x.axis() == MIXED) {
        return new Read(MIXED, x.tokens());
      }
      if (node.op() instanceof Reshape) {
        int axis = SpatialAxes.sameAxis(in, x.axis(), out);
        boolean whole = axis != MIXED && out[axis] == in[x.axis()];
        return new Read(whole ? axis : MIXED, x.tokens());
      }
      boolean same = in.length == out.length && in[x.axis()] == out[x.axis()];
      return new Read(same ? x.axis() : MIXED, x.tokens());
    }
  }
}
