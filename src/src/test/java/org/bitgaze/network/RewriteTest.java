package org.bitgaze.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.ReLU;
import org.junit.jupiter.api.Test;

/** A rewriting says where outputs went. */
class RewriteTest {
  private static Graph graph() {
    GraphBuilder g = new GraphBuilder("g");
    String x = g.convNoBias("conv", g.input(), 3, 4, 3, 1, 1);
    x = g.batchNorm("norm", x, 4);
    x = g.relu("relu", x);
    x = g.apply("drop", Dropout.of(0.5), x);
    g.apply("pool", AvgPool2d.of(2, 2), x);
    return g.build();
  }

  private static List<String> names(Graph graph) {
    return graph.nodes().stream().map(Node::name).toList();
  }

  @Test
  void foldingMovesTheNormAndLosesTheConvolution() {
    Rewritten folded = new FoldBatchNorm().rewrite(graph());
    assertEquals(List.of("input", "conv", "relu", "drop", "pool"), names(folded.graph()));
    assertEquals("conv", folded.locate("norm"));
    assertEquals("relu", folded.locate("relu"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> folded.locate("conv"));
    assertTrue(e.getMessage().contains("'conv' is computed together"), e.getMessage());
    assertEquals("conv", folded.graph().node("relu").input());
  }

  @Test
  void rewritingsAddUp() {
    Rewritten all = new FoldBatchNorm().rewrite(graph());
    all =
        all.then(
            all.graph()
                .rewrite(
                    n -> n.op() instanceof Conv2d ? new Edit.Append(".x", new ReLU()) : Edit.KEEP));
    // What was computed under a name that stands for something else now is not lost with it.
    Rewritten replaced =
        all.then(
            all.graph()
                .rewrite(
                    n ->
                        n.name().equals("conv")
                            ? new Edit.ReplaceChangingOutput(n.op())
                            : Edit.KEEP));
    assertEquals("conv.x", replaced.locate("norm"));
    all = all.then(all.graph().rewrite(n -> n.op() instanceof Dropout ? Edit.REMOVE : Edit.KEEP));
    all =
        all.then(
            all.graph()
                .rewrite(
                    n ->
                        n.name().equals("pool")
                            ? new Edit.ReplaceChangingOutput(AvgPool2d.of(4, 4))
                            : Edit.KEEP));
    assertEquals(List.of("input", "conv", "conv.x", "relu", "pool"), names(all.graph()));
    assertEquals("conv.x", all.locate("norm"));
    assertEquals("relu", all.locate("drop"));
    Rewritten end = all;
    assertThrows(IllegalArgumentException.class, () -> end.locate("conv"));
    assertThrows(IllegalArgumentException.class, () -> end.locate("pool"));
    assertEquals("conv.x", all.graph().node("relu").input());
  }

  @Test
  void whatFeedsSeveralIsNotFolded() {
    GraphBuilder g = new GraphBuilder("g");
    String conv = g.convNoBias("conv", g.input(), 3, 4, 3, 1, 1);
    g.apply("add", new org.bitgaze.network.op.Add(), g.batchNorm("norm", conv, 4), conv);
    Graph graph = g.build();
    Rewritten folded = new FoldBatchNorm().rewrite(graph);
    assertEquals(names(graph), names(folded.graph()));
    assertTrue(folded.graph().node("norm").op() instanceof BatchNorm2d);
  }

  @Test
  void shapesThatDoNotFitNameTheNode() {
    GraphBuilder g = new GraphBuilder("net");
    g.apply("conv", Conv2d.of(4, 8, 3), g.input());
    Graph graph = g.build();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Shapes.of(graph, 8, 8));
    assertEquals("net: conv takes 4 channels, but gets 3", e.getMessage());
    GraphBuilder small = new GraphBuilder("net");
    small.apply("pool", AvgPool2d.of(9, 9), small.input());
    Graph tooSmall = small.build();
    e = assertThrows(IllegalArgumentException.class, () -> Shapes.of(tooSmall, 8, 8));
    assertTrue(e.getMessage().contains("pool has no output"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Conv2d.of(3, 4, 3).withGroups(2));
  }
}
