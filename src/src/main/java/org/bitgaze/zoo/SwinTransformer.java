package org.bitgaze.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.AddMask;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Roll;
import org.bitgaze.network.op.Slice;
import org.bitgaze.weights.Tensor;
import org.bitgaze.zoo.Definition.Stored;

/** Swin Transformer (Liu et al. 2021): attention in windows, which every other block shifts. */
final class SwinTransformer {
  private static final int IMAGE = 224;
  private static final int PATCH = 4;
  private static final int WINDOW = 7;
  private static final int IN_WINDOW = WINDOW * WINDOW;
  private static final int MLP_RATIO = 4;
  private static final double EPS = 1e-5;
  private static final float EXCLUDED = -100;

  private final int[] depths;
  private final int[] heads;
  private final double lastDrop;
  private final GraphBuilder g;
  private final Map<String, Stored> stored = new HashMap<>();
  private final Map<String, Tensor> computed = new HashMap<>();

  private SwinTransformer(String name, int[] depths, int[] heads, double lastDrop) {
    this.depths = depths;
    this.heads = heads;
    this.lastDrop = lastDrop;
    g = new GraphBuilder(name);
  }

  static Definition swinT(int classes) {
    int[] depths = {2, 2, 6, 2};
    int[] heads = {3, 6, 12, 24};
    return new SwinTransformer("swin_t", depths, heads, 0.2).build(96, classes);
  }

  private Definition build(int first, int classes) {
    int width = first;
    int side = IMAGE / PATCH;
    String x = g.apply("features.0.0", Conv2d.of(3, width, PATCH).withStride(PATCH), g.input());
    x = g.apply("features.0.1", new Permute(List.of(2, 3, 1)), x);
    x = g.apply("features.0.2", new LayerNorm(width, EPS), x);
    int blocks = IntStream.of(depths).sum();
    int index = 0;
    for (int stage = 0; stage < depths.length; stage++) {
      for (int i = 0; i < depths[stage]; i++) {
        String path = "features." + (2 * stage + 1) + "." + i + ".";
        double drop = lastDrop * index++ / (blocks - 1);
        x = block(path, x, side, width, heads[stage], i % 2 == 1, drop);
      }
      if (stage < depths.length - 1) {
        x = merge("features." + (2 * stage + 2) + ".", x, side, width);
        side /= 2;
        width *= 2;
      }
    }
    x = g.apply("norm", new LayerNorm(width, EPS), x);
    x = g.apply("permute", new Permute(List.of(3, 1, 2)), x);
    x = g.apply("avgpool", AdaptiveAvgPool2d.of(1), x);
    x = g.apply("flatten", new Flatten(), x);
    g.apply("head", new Linear(width, classes), x);
    return new Definition(g.build(), stored, computed);
  }

  private String block(
      String path, String x, int side, int width, int heads, boolean shifted, double drop) {
    String y = g.apply(path + "norm1", new LayerNorm(width, EPS), x);
    // A window that covers the image is not shifted.
    int shift = shifted && side > WINDOW ? WINDOW / 2 : 0;
    y = attention(path + "attn.", y, side, width, heads, shift);
    y = g.apply(path + "stochastic_depth", Dropout.stochasticDepth(drop), y);
    x = g.apply(path + "add", new Add(), x, y);
    y = g.apply(path + "norm2", new LayerNorm(width, EPS), x);
    y = g.apply(path + "mlp.0", new Linear(width, MLP_RATIO * width), y);
    y = g.apply(path + "mlp.1", new GELU(false), y);
    y = g.apply(path + "mlp.3", new Linear(MLP_RATIO * width, width), y);
    y = g.apply(path + "stochastic_depth_1", Dropout.stochasticDepth(drop), y);
    return g.apply(path + "add_1", new Add(), x, y);
  }

  private String attention(String path, String x, int side, int width, int heads, int shift) {
    int count = side / WINDOW;
    List<Integer> exchanged = List.of(1, 3, 2, 4, 5);
    String y = shift == 0 ? x : roll(path + "roll", x, -shift);
    y = g.apply(path + "split", new Reshape(List.of(count, WINDOW, count, WINDOW, width)), y);
    y = g.apply(path + "partition", new Permute(exchanged), y);
    y = g.apply(path + "windows", new Reshape(List.of(count * count, IN_WINDOW, width)), y);
    y = g.apply(path + "qkv", new Linear(width, 3 * width), y);
    y =
        new Attention(g, path, List.of(count * count), IN_WINDOW, heads, width)
            .apply(y, scores -> bias(path, scores, side, heads, shift));
    y = g.apply(path + "proj", new Linear(width, width), y);
    y = g.apply(path + "unsplit", new Reshape(List.of(count, count, WINDOW, WINDOW, width)), y);
    y = g.apply(path + "reverse", new Permute(exchanged), y);
    y = g.apply(path + "image", new Reshape(List.of(side, side, width)), y);
    return shift == 0 ? y : roll(path + "unroll", y, shift);
  }

  private String roll(String name, String x, int shift) {
    return g.apply(name + "_1", new Roll(2, shift), g.apply(name, new Roll(1, shift), x));
  }

  /** Adds what depends on the tokens' relative position and, in shifted windows, the mask. */
  private String bias(String path, String scores, int side, int heads, int shift) {
    int[] table = {(2 * WINDOW - 1) * (2 * WINDOW - 1), heads};
    String y =
        g.apply(path + "add", new AddConstant(List.of(1, heads, IN_WINDOW, IN_WINDOW)), scores);
    stored.put(
        path + "add.bias",
        new Stored(
            path + "relative_position_bias_table", table, SwinTransformer::relativePositionBias));
    if (shift == 0) {
      return y;
    }
    int windows = (side / WINDOW) * (side / WINDOW);
    computed.put(path + "mask.mask", mask(side, shift));
    return g.apply(path + "mask", new AddMask(List.of(windows, 1, IN_WINDOW, IN_WINDOW)), y);
  }

  /** The table's rows by the distance between two tokens: (1, heads, 49, 49). */
  private static Tensor relativePositionBias(Tensor table) {
    int heads = table.shape()[1];
    float[] bias = new float[heads * IN_WINDOW * IN_WINDOW];
    int next = 0;
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < IN_WINDOW; i++) {
        for (int j = 0; j < IN_WINDOW; j++) {
          int rows = i / WINDOW - j / WINDOW + WINDOW - 1;
          int columns = i % WINDOW - j % WINDOW + WINDOW - 1;
          bias[next++] = table.data()[(rows * (2 * WINDOW - 1) + columns) * heads + head];
        }
      }
    }
    return new Tensor(new int[] {1, heads, IN_WINDOW, IN_WINDOW}, bias);
  }

  /** Tokens that only the shift brought into one window do not attend to each other. */
  private static Tensor mask(int side, int shift) {
    int count = side / WINDOW;
    float[] mask = new float[count * count * IN_WINDOW * IN_WINDOW];
    int next = 0;
    for (int window = 0; window < count * count; window++) {
      for (int i = 0; i < IN_WINDOW; i++) {
        for (int j = 0; j < IN_WINDOW; j++) {
          boolean together = region(window, i, side, shift) == region(window, j, side, shift);
          mask[next++] = together ? 0 : EXCLUDED;
        }
      }
    }
    return new Tensor(new int[] {count * count, 1, IN_WINDOW, IN_WINDOW}, mask);
  }

  private static int region(int window, int token, int side, int shift) {
    int count = side / WINDOW;
    int row = window / count * WINDOW + token / WINDOW;
    int column = window % count * WINDOW + token % WINDOW;
    return 3 * band(row, side, shift) + band(column, side, shift);
  }

  private static int band(int position, int side, int shift) {
    if (position < side - WINDOW) {
      return 0;
    }
    return position < side - shift ? 1 : 2;
  }

  /** Patch merging: four neighbours become one token of twice the width. */
  private String merge(String path, String x, int side, int width) {
    String[] parts = new String[4];
    for (int i = 0; i < parts.length; i++) {
      String rows = g.apply(path + "rows_" + i, new Slice(1, i % 2, side, 2), x);
      parts[i] = g.apply(path + "columns_" + i, new Slice(2, i / 2, side, 2), rows);
    }
    String y = g.apply(path + "cat", new Cat(3), parts);
    y = g.apply(path + "norm", new LayerNorm(4 * width, EPS), y);
    computed.put(path + "reduction.bias", zeros(2 * width));
    return g.apply(path + "reduction", new Linear(4 * width, 2 * width), y);
  }

  private static Tensor zeros(int size) {
    return new Tensor(new int[] {size}, new float[size]);
  }
}
