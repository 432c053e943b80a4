package org.bitgaze.network;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * Folds each batch norm that is the only consumer of a convolution into its weight and bias: w' = w
 * * gamma / sqrt(var + eps), b' = (b - mean) * gamma / sqrt(var + eps) + beta, per output channel,
 * in float32 and in the order of {@code torch.nn.utils.fusion.fuse_conv_bn_weights}, so that a
 * weight halfway between two quantization steps rounds as in PyTorch. A folded convolution keeps
 * its name. Other batch norms stay.
 */
public final class FoldBatchNorm implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node -> {
          if (norm(graph, node).isPresent()) {
            return new Edit.ReplaceChangingOutput(((Conv2d) node.op()).withBias(true));
          }
          boolean folded =
              node.op() instanceof BatchNorm2d
                  && norm(graph, graph.node(node.input())).filter(node::equals).isPresent();
          return folded ? Edit.REMOVE : Edit.KEEP;
        });
  }

  @Override
  public TensorSource derive(Graph before, TensorSource weights) {
    Map<String, Derivation> derived = new LinkedHashMap<>();
    for (Node node : before.nodes()) {
      norm(before, node).ifPresent(norm -> derive(node, norm, derived));
    }
    return new DerivedTensors(weights, derived);
  }

  /** The batch norm that is folded into a node. */
  private static Optional<Node> norm(Graph graph, Node node) {
    return node.op() instanceof Conv2d
        ? graph.soleConsumer(node.name()).filter(next -> next.op() instanceof BatchNorm2d)
        : Optional.empty();
  }

  private static void derive(Node node, Node norm, Map<String, Derivation> derived) {
    Conv2d conv = (Conv2d) node.op();
    double eps = ((BatchNorm2d) norm.op()).eps();
    String weight = node.name() + ".weight";
    String bias = node.name() + ".bias";
    derived.put(
        weight,
        new Derivation(
            conv.parameters().get("weight"),
            base -> {
              Tensor w = base.read(weight);
              float[] gamma = base.read(norm.name() + ".weight").data();
              float[] inverse = inverseDeviation(base, norm.name(), eps);
              int perChannel = w.data().length / inverse.length;
              float[] folded = new float[w.data().length];
              for (int i = 0; i < folded.length; i++) {
                int c = i / perChannel;
                folded[i] = w.data()[i] * (gamma[c] * inverse[c]);
              }
              return new Tensor(w.shape(), folded);
            }));
    derived.put(
        bias,
        new Derivation(
            new int[] {conv.out()},
            base -> {
              float[] inverse = inverseDeviation(base, norm.name(), eps);
              float[] gamma = base.read(norm.name() + ".weight").data();
              float[] mean = base.read(norm.name() + ".running_mean").data();
              float[] beta = base.read(norm.name() + ".bias").data();
              float[] b = conv.bias() ? base.read(bias).data() : new float[inverse.length];
              float[] folded = new float[inverse.length];
              for (int c = 0; c < folded.length; c++) {
                folded[c] = (b[c] - mean[c]) * inverse[c] * gamma[c] + beta[c];
              }
              return new Tensor(new int[] {folded.length}, folded);
            }));
  }

  private static float[] inverseDeviation(TensorSource base, String norm, double eps)
      throws IOException {
    float[] inverse = base.read(norm + ".running_var").data().clone();
    for (int c = 0; c < inverse.length; c++) {
      inverse[c] = 1f / (float) Math.sqrt(inverse[c] + (float) eps);
    }
    return inverse;
  }
}
