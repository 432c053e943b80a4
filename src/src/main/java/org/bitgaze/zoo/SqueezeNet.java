package org.bitgaze.zoo;

import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.MaxPool2d;

/** SqueezeNet 1.0 and 1.1 (Iandola et al. 2016). */
final class SqueezeNet {
  /** Input, squeeze and expand channels (each of two halves); an empty row is a pooling. */
  private static final int[][] FIRES_1_0 = {
    {96, 16, 64},
    {128, 16, 64},
    {128, 32, 128},
    {},
    {256, 32, 128},
    {256, 48, 192},
    {384, 48, 192},
    {384, 64, 256},
    {},
    {512, 64, 256}
  };

  private static final int[][] FIRES_1_1 = {
    {64, 16, 64},
    {128, 16, 64},
    {},
    {128, 32, 128},
    {256, 32, 128},
    {},
    {256, 48, 192},
    {384, 48, 192},
    {384, 64, 256},
    {512, 64, 256}
  };

  private SqueezeNet() {}

  static Graph graph10(int classes) {
    return graph("squeezenet1_0", 96, 7, FIRES_1_0, classes);
  }

  static Graph graph11(int classes) {
    return graph("squeezenet1_1", 64, 3, FIRES_1_1, classes);
  }

  private static Graph graph(String name, int stem, int kernel, int[][] fires, int classes) {
    GraphBuilder g = new GraphBuilder(name);
    MaxPool2d pool = MaxPool2d.of(3, 2, 0).withCeilMode();
    String x = g.relu("features.1", g.conv("features.0", g.input(), 3, stem, kernel, 2, 0));
    x = g.apply("features.2", pool, x);
    int index = 3;
    for (int[] f : fires) {
      String path = "features." + index++;
      x = f.length == 0 ? g.apply(path, pool, x) : fire(g, path, x, f[0], f[1], f[2]);
    }
    x = g.apply("classifier.0", Dropout.of(0.5), x);
    x = g.relu("classifier.2", g.conv("classifier.1", x, 512, classes, 1, 1, 0));
    x = g.apply("classifier.3", AdaptiveAvgPool2d.of(1), x);
    g.function("", "flatten", new Flatten(), x);
    return g.build();
  }

  private static String fire(
      GraphBuilder g, String path, String x, int in, int squeeze, int expand) {
    String s = g.conv(path + ".squeeze", x, in, squeeze, 1, 1, 0);
    s = g.relu(path + ".squeeze_activation", s);
    String e1 = g.conv(path + ".expand1x1", s, squeeze, expand, 1, 1, 0);
    e1 = g.relu(path + ".expand1x1_activation", e1);
    String e3 = g.conv(path + ".expand3x3", s, squeeze, expand, 3, 1, 1);
    e3 = g.relu(path + ".expand3x3_activation", e3);
    return g.function(path, "cat", new Cat(), e1, e3);
  }
}
