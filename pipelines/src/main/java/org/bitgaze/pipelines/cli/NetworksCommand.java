package org.bitgaze.pipelines.cli;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Mode;
import org.bitgaze.network.Shapes;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.QuantizationPoints;
import org.bitgaze.weights.Tensor;
import org.bitgaze.zoo.Architecture;
import picocli.CommandLine.Command;

/** {@code bitgaze networks}: what is in the zoo. */
@Command(
    name = "networks",
    mixinStandardHelpOptions = true,
    description =
        "Lists the networks: parameters, multiply-adds at 224x224, default target layer, points at"
            + " which activations are quantized.")
final class NetworksCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.printf(
        Locale.ROOT,
        "%-16s %12s %13s  %-12s %6s%n",
        "network",
        "parameters",
        "multiply-adds",
        "target layer",
        "points");
    for (Architecture a : Architecture.values()) {
      Graph graph = a.graph(Architecture.IMAGENET_CLASSES);
      System.out.printf(
          Locale.ROOT,
          "%-16s %12d %11.2f G  %-12s %6d%n",
          a.id(),
          parameters(graph),
          Shapes.of(graph, 224, 224).multiplyAdds() / 1e9,
          a.targetLayer(),
          QuantizationPoints.of(Mode.EVAL.rewrite(graph).graph(), ActivationScheme.DEPLOYMENT)
              .size());
    }
    return 0;
  }

  /** Those that are trained; running statistics are not. */
  private static long parameters(Graph graph) {
    long count = 0;
    for (Map.Entry<String, int[]> p : graph.parameters().entrySet()) {
      if (!p.getKey().contains(".running_")) {
        count += Tensor.elements(p.getValue());
      }
    }
    return count;
  }
}
