package org.bitgaze.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Permute;
import org.bitgaze.zoo.Definition.Stored;

/** ConvNeXt (Liu et al. 2022). */
final class ConvNeXt {
  private static final double EPS = 1e-6;

  /** Channels last. */
  private static final Permute LAST = new Permute(List.of(2, 3, 1));

  /** Channels first. */
  private static final Permute FIRST = new Permute(List.of(3, 1, 2));

  private final GraphBuilder g;
  private final Map<String, Stored> stored = new HashMap<>();

  private ConvNeXt(String name) {
    g = new GraphBuilder(name);
  }

  static Definition tiny(int classes) {
    int[] depths = {3, 3, 9, 3};
    int[] widths = {96, 192, 384, 768};
    return new ConvNeXt("convnext_tiny").build(depths, widths, 0.1, classes);
  }

  private Definition build(int[] depths, int[] widths, double lastDrop, int classes) {
    String x = g.apply("features.0.0", Conv2d.of(3, widths[0], 4).withStride(4), g.input());
    x = norm("features.0.1", x, widths[0]);
    int blocks = IntStream.of(depths).sum();
    int index = 0;
    for (int stage = 0; stage < depths.length; stage++) {
      for (int i = 0; i < depths[stage]; i++) {
        double drop = lastDrop * index++ / (blocks - 1);
        x = block("features." + (2 * stage + 1) + "." + i + ".", x, widths[stage], drop);
      }
      if (stage < depths.length - 1) {
        String path = "features." + (2 * stage + 2);
        x = norm(path + ".0", x, widths[stage]);
        Conv2d smaller = Conv2d.of(widths[stage], widths[stage + 1], 2).withStride(2);
        x = g.apply(path + ".1", smaller, x);
      }
    }
    int width = widths[widths.length - 1];
    x = g.apply("avgpool", AdaptiveAvgPool2d.of(1), x);
    x = norm("classifier.0", x, width);
    x = g.apply("classifier.1", new Flatten(), x);
    g.apply("classifier.2", new Linear(width, classes), x);
    return new Definition(g.build(), stored, Map.of());
  }

  /** A norm over the channels of an image (channels, height, width). */
  private String norm(String path, String x, int width) {
    String y = g.apply(path + ".permute", LAST, x);
    y = g.apply(path, new LayerNorm(width, EPS), y);
    return g.apply(path + ".permute_1", FIRST, y);
  }

  private String block(String path, String x, int width, double drop) {
    Conv2d depthwise = Conv2d.of(width, width, 7).withPadding(3).withGroups(width);
    String y = g.apply(path + "block.0", depthwise, x);
    y = g.apply(path + "block.1", LAST, y);
    y = g.apply(path + "block.2", new LayerNorm(width, EPS), y);
    y = g.apply(path + "block.3", new Linear(width, 4 * width), y);
    y = g.apply(path + "block.4", new GELU(false), y);
    y = g.apply(path + "block.5", new Linear(4 * width, width), y);
    y = g.apply(path + "block.6", FIRST, y);
    y = g.apply(path + "layer_scale", new MulConstant(List.of(width, 1, 1)), y);
    stored.put(path + "layer_scale.weight", Stored.renamed(path + "layer_scale", width, 1, 1));
    y = g.apply(path + "stochastic_depth", Dropout.stochasticDepth(drop), y);
    return g.apply(path + "add", new Add(), x, y);
  }
}
