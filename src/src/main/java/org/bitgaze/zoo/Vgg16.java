package org.bitgaze.zoo;

import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MaxPool2d;

/** VGG16 without batch norm (Simonyan and Zisserman 2015, configuration D). */
final class Vgg16 {
  /** Output channels of each convolution; 0 is a pooling. */
  private static final int[] LAYERS = {
    64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0
  };

  private Vgg16() {}

  static Graph graph(int classes) {
    GraphBuilder g = new GraphBuilder("vgg16");
    String x = g.input();
    int in = 3;
    int index = 0;
    for (int out : LAYERS) {
      if (out == 0) {
        x = g.apply("features." + index++, MaxPool2d.of(2, 2, 0), x);
      } else {
        x = g.conv("features." + index++, x, in, out, 3, 1, 1);
        x = g.relu("features." + index++, x);
        in = out;
      }
    }
    x = g.apply("avgpool", AdaptiveAvgPool2d.of(7), x);
    x = g.function("", "flatten", new Flatten(), x);
    x = g.apply("classifier.0", new Linear(512 * 7 * 7, 4096), x);
    x = g.relu("classifier.1", x);
    x = g.apply("classifier.2", Dropout.of(0.5), x);
    x = g.apply("classifier.3", new Linear(4096, 4096), x);
    x = g.relu("classifier.4", x);
    x = g.apply("classifier.5", Dropout.of(0.5), x);
    g.apply("classifier.6", new Linear(4096, classes), x);
    return g.build();
  }
}
