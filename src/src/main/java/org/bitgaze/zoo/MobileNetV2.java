package org.bitgaze.zoo;

import java.util.Arrays;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.ReLU6;

/** MobileNetV2 of width 1.0 (Sandler et al. 2018). */
final class MobileNetV2 {
  /** Expansion, output channels, repeats, first stride. */
  private static final int[][] SETTINGS = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private MobileNetV2() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder("mobilenet_v2");
    String x = blocks(g, SETTINGS.length);
    x = convNormRelu6(g, "features.18", x, 320, 1280, 1, 1, 1);
    x = g.function("", "adaptive_avg_pool2d", AdaptiveAvgPool2d.of(1), x);
    x = g.function("", "flatten", new Flatten(), x);
    x = g.apply("classifier.0", Dropout.of(0.2), x);
    g.apply("classifier.1", new Linear(1280, classes), x);
    return g.build();
  }

  /**
   * Adds the first convolution and the blocks of the first settings.
   *
   * @return the last block's output
   */
  static String blocks(GraphBuilder g, int settings) {
    String x = convNormRelu6(g, "features.0", g.input(), 3, 32, 3, 2, 1);
    int in = 32;
    int index = 1;
    for (int[] s : Arrays.copyOf(SETTINGS, settings)) {
      for (int repeat = 0; repeat < s[2]; repeat++) {
        x = invertedResidual(g, "features." + index++, x, in, s[1], repeat == 0 ? s[3] : 1, s[0]);
        in = s[1];
      }
    }
    return x;
  }

  private static String invertedResidual(
      GraphBuilder g, String path, String x, int in, int out, int stride, int expansion) {
    int hidden = in * expansion;
    int index = 0;
    String y = x;
    if (expansion != 1) {
      y = convNormRelu6(g, path + ".conv." + index++, y, in, hidden, 1, 1, 1);
    }
    y = convNormRelu6(g, path + ".conv." + index++, y, hidden, hidden, 3, stride, hidden);
    y = g.convNoBias(path + ".conv." + index++, y, hidden, out, 1, 1, 1);
    y = g.batchNorm(path + ".conv." + index, y, out);
    return stride == 1 && in == out ? g.function(path, "add", new Add(), x, y) : y;
  }

  private static String convNormRelu6(
      GraphBuilder g, String path, String x, int in, int out, int kernel, int stride, int groups) {
    String y = g.convNoBias(path + ".0", x, in, out, kernel, stride, groups);
    return g.apply(path + ".2", new ReLU6(), g.batchNorm(path + ".1", y, out));
  }
}
