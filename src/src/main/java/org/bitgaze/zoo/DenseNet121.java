package org.bitgaze.zoo;

import java.util.ArrayList;
import java.util.List;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.ReLU;

/** DenseNet-121 (Huang et al. 2017). */
final class DenseNet121 {
  private static final int[] LAYERS = {6, 12, 24, 16};
  private static final int GROWTH = 32;
  private static final int BOTTLENECK = 4 * GROWTH;

  private DenseNet121() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder("densenet121");
    int channels = 64;
    String x = g.convNoBias("features.conv0", g.input(), 3, channels, 7, 2, 1);
    x = g.relu("features.relu0", g.batchNorm("features.norm0", x, channels));
    x = g.apply("features.pool0", MaxPool2d.of(3, 2, 1), x);
    for (int block = 1; block <= LAYERS.length; block++) {
      x = denseBlock(g, "features.denseblock" + block, x, channels, LAYERS[block - 1]);
      channels += LAYERS[block - 1] * GROWTH;
      if (block < LAYERS.length) {
        x = transition(g, "features.transition" + block, x, channels);
        channels /= 2;
      }
    }
    x = g.batchNorm("features.norm5", x, channels);
    x = g.function("", "relu", new ReLU(), x);
    x = g.function("", "adaptive_avg_pool2d", AdaptiveAvgPool2d.of(1), x);
    x = g.function("", "flatten", new Flatten(), x);
    g.apply("classifier", new Linear(channels, classes), x);
    return g.build();
  }

  private static String denseBlock(
      GraphBuilder g, String path, String x, int channels, int layers) {
    List<String> features = new ArrayList<>(List.of(x));
    for (int layer = 1; layer <= layers; layer++) {
      String p = path + ".denselayer" + layer;
      int in = channels + (layer - 1) * GROWTH;
      String y = cat(g, p, features);
      y = g.relu(p + ".relu1", g.batchNorm(p + ".norm1", y, in));
      y = g.convNoBias(p + ".conv1", y, in, BOTTLENECK, 1, 1, 1);
      y = g.relu(p + ".relu2", g.batchNorm(p + ".norm2", y, BOTTLENECK));
      features.add(g.convNoBias(p + ".conv2", y, BOTTLENECK, GROWTH, 3, 1, 1));
    }
    return cat(g, path, features);
  }

  private static String transition(GraphBuilder g, String path, String x, int channels) {
    String y = g.relu(path + ".relu", g.batchNorm(path + ".norm", x, channels));
    y = g.convNoBias(path + ".conv", y, channels, channels / 2, 1, 1, 1);
    return g.apply(path + ".pool", AvgPool2d.of(2, 2), y);
  }

  private static String cat(GraphBuilder g, String module, List<String> features) {
    return g.function(module, "cat", new Cat(), features.toArray(String[]::new));
  }
}
