package org.bitgaze.zoo;

import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MaxPool2d;

/** ResNet-50 (He et al. 2016), with the stride in the 3x3 convolution as torchvision has it. */
final class ResNet50 {
  private static final int[] BLOCKS = {3, 4, 6, 3};
  private static final int EXPANSION = 4;

  private ResNet50() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder("resnet50");
    String x = g.convNoBias("conv1", g.input(), 3, 64, 7, 2, 1);
    x = g.relu("relu", g.batchNorm("bn1", x, 64));
    x = g.apply("maxpool", MaxPool2d.of(3, 2, 1), x);
    int in = 64;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        String path = "layer" + (stage + 1) + "." + block;
        x = bottleneck(g, path, x, in, width, block == 0 && stage > 0 ? 2 : 1, block == 0);
        in = width * EXPANSION;
      }
    }
    x = g.apply("avgpool", AdaptiveAvgPool2d.of(1), x);
    x = g.function("", "flatten", new Flatten(), x);
    g.apply("fc", new Linear(in, classes), x);
    return g.build();
  }

  private static String bottleneck(
      GraphBuilder g, String path, String x, int in, int width, int stride, boolean downsample) {
    int out = width * EXPANSION;
    String y = g.convNoBias(path + ".conv1", x, in, width, 1, 1, 1);
    y = g.relu(path + ".relu", g.batchNorm(path + ".bn1", y, width));
    y = g.convNoBias(path + ".conv2", y, width, width, 3, stride, 1);
    y = g.relu(path + ".relu", g.batchNorm(path + ".bn2", y, width));
    y = g.convNoBias(path + ".conv3", y, width, out, 1, 1, 1);
    y = g.batchNorm(path + ".bn3", y, out);
    String identity = x;
    if (downsample) {
      identity = g.convNoBias(path + ".downsample.0", x, in, out, 1, stride, 1);
      identity = g.batchNorm(path + ".downsample.1", identity, out);
    }
    y = g.function(path, "add", new Add(), y, identity);
    return g.relu(path + ".relu", y);
  }
}
