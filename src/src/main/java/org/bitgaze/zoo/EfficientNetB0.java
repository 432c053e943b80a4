package org.bitgaze.zoo;

import java.util.Arrays;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;

/** EfficientNet-B0 (Tan and Le 2019). */
final class EfficientNetB0 {
  /** Expansion, kernel, first stride, output channels, repeats. */
  private static final int[][] SETTINGS = {
    {1, 3, 1, 16, 1},
    {6, 3, 2, 24, 2},
    {6, 5, 2, 40, 2},
    {6, 3, 2, 80, 3},
    {6, 5, 1, 112, 3},
    {6, 5, 2, 192, 4},
    {6, 3, 1, 320, 1}
  };

  /** Probability of stochastic depth of the last block; it grows linearly from 0 at the first. */
  private static final double LAST_DROP = 0.2;

  private EfficientNetB0() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder("efficientnet_b0");
    String x = convNormSilu(g, "features.0", g.input(), 3, 32, 3, 2, 1);
    int in = 32;
    int stage = 1;
    int blocks = Arrays.stream(SETTINGS).mapToInt(s -> s[4]).sum();
    double index = 0;
    for (int[] s : SETTINGS) {
      for (int layer = 0; layer < s[4]; layer++) {
        String path = "features." + stage + "." + layer;
        double drop = LAST_DROP * index++ / blocks;
        x = mbConv(g, path, x, in, s[3], s[0], s[1], layer == 0 ? s[2] : 1, drop);
        in = s[3];
      }
      stage++;
    }
    x = convNormSilu(g, "features." + stage, x, in, 1280, 1, 1, 1);
    x = g.apply("avgpool", AdaptiveAvgPool2d.of(1), x);
    x = g.function("", "flatten", new Flatten(), x);
    x = g.apply("classifier.0", Dropout.of(0.2), x);
    g.apply("classifier.1", new Linear(1280, classes), x);
    return g.build();
  }

  private static String mbConv(
      GraphBuilder g,
      String path,
      String x,
      int in,
      int out,
      int expansion,
      int kernel,
      int stride,
      double drop) {
    int hidden = in * expansion;
    String block = path + ".block.";
    int index = 0;
    String y = x;
    if (expansion != 1) {
      y = convNormSilu(g, block + index++, y, in, hidden, 1, 1, 1);
    }
    y = convNormSilu(g, block + index++, y, hidden, hidden, kernel, stride, hidden);
    y = squeezeExcitation(g, block + index++, y, hidden, Math.max(1, in / 4));
    y = g.convNoBias(block + index + ".0", y, hidden, out, 1, 1, 1);
    y = g.batchNorm(block + index + ".1", y, out);
    if (stride != 1 || in != out) {
      return y;
    }
    y = g.apply(path + ".stochastic_depth", Dropout.stochasticDepth(drop), y);
    return g.function(path, "add", new Add(), y, x);
  }

  private static String squeezeExcitation(
      GraphBuilder g, String path, String x, int channels, int squeeze) {
    String s = g.apply(path + ".avgpool", AdaptiveAvgPool2d.of(1), x);
    s = g.conv(path + ".fc1", s, channels, squeeze, 1, 1, 0);
    s = g.apply(path + ".activation", new SiLU(), s);
    s = g.conv(path + ".fc2", s, squeeze, channels, 1, 1, 0);
    s = g.apply(path + ".scale_activation", new Sigmoid(), s);
    return g.function(path, "mul", new Mul(), s, x);
  }

  private static String convNormSilu(
      GraphBuilder g, String path, String x, int in, int out, int kernel, int stride, int groups) {
    String y = g.convNoBias(path + ".0", x, in, out, kernel, stride, groups);
    return g.apply(path + ".2", new SiLU(), g.batchNorm(path + ".1", y, out));
  }
}
