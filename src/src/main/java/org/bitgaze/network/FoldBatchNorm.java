package org.bitgaze.network;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Op;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * Folds each batch norm that is the only consumer of a convolution, or of a transposed one, into
 * its weight and bias: w' = w * gamma / sqrt(var + eps), b' = (b - mean) * gamma / sqrt(var + eps)
 * + beta, per output channel, in float32 and in the order of {@code
 * torch.nn.utils.fusion.fuse_conv_bn_weights}, so that a weight halfway between two quantization
 * steps rounds as in PyTorch. A folded convolution keeps its name. Other batch norms stay.
 */
public final class FoldBatchNorm implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node -> {
          if (norm(graph, node).isPresent()) {
            return new Edit.ReplaceChangingOutput(withBias(node.op()).orElseThrow());
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
    return withBias(node.op()).isPresent()
        ? graph.soleConsumer(node.name()).filter(next -> next.op() instanceof BatchNorm2d)
        : Optional.empty();
  }

  /** A convolution of either kind, with a bias; empty for other operations. */
  private static Optional<Op> withBias(Op op) {
    if (op instanceof Conv2d conv) {
      return Optional.of(conv.withBias(true));
    }
    return op instanceof ConvTranspose2d conv ? Optional.of(conv.withBias(true)) : Optional.empty();
  }

  private static void derive(Node node, Node norm, Map<String, Derivation> derived) {
    Map<String, int[]> shapes = node.op().parameters();
    double eps = ((BatchNorm2d) norm.op()).eps();
    String weight = node.name() + ".weight";
    String bias = node.name() + ".bias";
    derived.put(
        weight,
        new Derivation(
            shapes.get("weight"),
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
            new int[] {shapes.get("weight")[0]},
            base -> {
              float[] inverse = inverseDeviation(base, norm.name(), eps);
              float[] gamma = base.read(norm.name() + ".weight").data();
              float[] mean = base.read(norm.name() + ".running_mean").data();
              float[] beta = base.read(norm.name() + ".bias").data();
              float[] b =
                  shapes.containsKey("bias") ? base.read(bias).data() : new float[inverse.length];
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
