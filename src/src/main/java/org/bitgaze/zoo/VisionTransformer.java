package org.bitgaze.zoo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Slice;
import org.bitgaze.zoo.Definition.Stored;

/**
 * Vision Transformer (Dosovitskiy et al. 2021) with a class token. Its tokens are patches of the
 * image or, in the hybrid of the same paper, the positions of a convolutional network's feature
 * map.
 */
final class VisionTransformer {
  /** The first norm of ViT-B/16's last block. */
  static final String LAST_NORM_B16 = "encoder.layers.encoder_layer_11.ln_1";

  /** The first norm of the last block of {@link #scenes}. */
  static final String LAST_NORM_SCENES = "encoder.layers.encoder_layer_3.ln_1";

  private static final double EPS = 1e-6;

  private final Sizes sizes;
  private final GraphBuilder g;
  private final Map<String, Stored> stored = new HashMap<>();

  /**
   * What a network's name stands for.
   *
   * @param image side of the images
   * @param patch side of the patches
   * @param depth number of blocks
   * @param heads number of attention heads
   * @param width size of a token
   * @param hidden size of the layer inside the feed-forward part
   * @param hybrid whether tokens are the positions of MobileNetV2's feature map of 64 channels
   */
  record Sizes(int image, int patch, int depth, int heads, int width, int hidden, boolean hybrid) {
    /** A network whose tokens are patches of the image. */
    Sizes(int image, int patch, int depth, int heads, int width, int hidden) {
      this(image, patch, depth, heads, width, hidden, false);
    }
  }

  private VisionTransformer(String name, Sizes sizes) {
    this.sizes = sizes;
    g = new GraphBuilder(name);
  }

  static Definition vitB16(int classes) {
    return of("vit_b_16", new Sizes(224, 16, 12, 12, 768, 3072), classes);
  }

  /** A hybrid that is small enough to be trained on scenes in minutes. */
  static Definition scenes(int classes) {
    return of("vit_scenes", new Sizes(224, 16, 4, 4, 128, 512, true), classes);
  }

  static Definition of(String name, Sizes sizes, int classes) {
    return new VisionTransformer(name, sizes).build(classes);
  }

  private Definition build(int classes) {
    int width = sizes.width;
    int side = sizes.image / sizes.patch;
    int tokens = side * side + 1;
    String x = patches();
    x = g.apply("reshape", new Reshape(List.of(width, side * side)), x);
    x = g.apply("permute", new Permute(List.of(2, 1)), x);
    String token = g.apply("class_token", new Constant(List.of(1, width)), x);
    stored.put(
        "class_token.value", Stored.reshaped("class_token", new int[] {1, 1, width}, 1, width));
    x = g.apply("cat", new Cat(1), token, x);
    x = g.apply("encoder.add", new AddConstant(List.of(tokens, width)), x);
    stored.put(
        "encoder.add.bias",
        Stored.reshaped("encoder.pos_embedding", new int[] {1, tokens, width}, tokens, width));
    for (int i = 0; i < sizes.depth; i++) {
      x = block("encoder.layers.encoder_layer_" + i + ".", x, tokens);
    }
    x = g.apply("encoder.ln", new LayerNorm(width, EPS), x);
    x = g.apply("getitem", new Slice(1, 0, 1, 1), x);
    x = g.apply("token", new Reshape(List.of(width)), x);
    g.apply("heads.head", new Linear(width, classes), x);
    return new Definition(g.build(), stored, Map.of());
  }

  private String patches() {
    if (sizes.hybrid) {
      return g.apply("conv_proj", Conv2d.of(64, sizes.width, 1), MobileNetV2.blocks(g, 4));
    }
    Conv2d conv = Conv2d.of(3, sizes.width, sizes.patch).withStride(sizes.patch);
    return g.apply("conv_proj", conv, g.input());
  }

  private String block(String path, String x, int tokens) {
    int width = sizes.width;
    String attention = path + "self_attention.";
    String y = g.apply(path + "ln_1", new LayerNorm(width, EPS), x);
    y = g.apply(attention + "in_proj", new Linear(width, 3 * width), y);
    stored.put(
        attention + "in_proj.weight",
        Stored.renamed(attention + "in_proj_weight", 3 * width, width));
    stored.put(attention + "in_proj.bias", Stored.renamed(attention + "in_proj_bias", 3 * width));
    y = new Attention(g, attention, List.of(), tokens, sizes.heads, width).apply(y);
    y = g.apply(attention + "out_proj", new Linear(width, width), y);
    x = g.apply(path + "add", new Add(), x, y);
    y = g.apply(path + "ln_2", new LayerNorm(width, EPS), x);
    y = g.apply(path + "mlp.0", new Linear(width, sizes.hidden), y);
    y = g.apply(path + "mlp.1", new GELU(false), y);
    y = g.apply(path + "mlp.3", new Linear(sizes.hidden, width), y);
    return g.apply(path + "add_1", new Add(), x, y);
  }
}
