package org.bitgaze.onnx.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Operators that stand for several: attention of ONNX from operator set 23 and of ONNX Runtime's
 * domain, and what its optimizer fuses for transformers.
 */
final class FusedOperators {
  /** ONNX's own. */
  static final List<Operator> STANDARD =
      List.of(
          Operator.of(
              "Attention",
              3,
              4,
              Set.of(
                  "is_causal",
                  "kv_num_heads",
                  "q_num_heads",
                  "qk_matmul_output_mode",
                  "scale",
                  "softcap",
                  "softmax_precision"),
              FusedOperators::scaledDotProduct));

  /** ONNX Runtime's. */
  static final List<Operator> MICROSOFT =
      List.of(
          Operator.of("Attention", 2, 6, attention("qkv_hidden_sizes"), FusedOperators::packed),
          Operator.of("MultiHeadAttention", 3, 6, attention("scale"), FusedOperators::multiHead),
          Operator.of("SkipLayerNormalization", 3, 5, Set.of("epsilon"), n -> skip(n, true)),
          Operator.of(
              "SkipSimplifiedLayerNormalization", 3, 4, Set.of("epsilon"), n -> skip(n, false)),
          Operator.of("Gelu", 1, 1, Set.of(), n -> n.emit(new GELU(false), n.activation(0))),
          Operator.of("FastGelu", 1, 2, Set.of(), n -> gelu(n, true)),
          Operator.of("BiasGelu", 2, 2, Set.of(), n -> gelu(n, false)),
          Operator.of("QuickGelu", 1, 1, Set.of("alpha"), FusedOperators::quickGelu),
          Operator.of(
              "FusedMatMul",
              2,
              2,
              Set.of("alpha", "transA", "transB", "transBatchA", "transBatchB"),
              FusedOperators::fusedMatMul));

  private FusedOperators() {}

  private static Set<String> attention(String more) {
    return Set.of(
        "do_rotary",
        "mask_filter_value",
        "num_heads",
        "past_present_share_buffer",
        "rotary_embedding_dim",
        "unidirectional",
        "scale",
        more.equals("scale") ? "kv_num_heads" : more);
  }

  /** Queries, keys and values as (1, heads, tokens, features), or as (1, tokens, all features). */
  private static void scaledDotProduct(OnnxNode n) {
    n.attributes().only("is_causal", 0);
    n.requireOneOutput();
    if (n.attributes().real("softcap", 0) != 0) {
      throw Attributes.unsupported("softcap", n.attributes().real("softcap", 0));
    }
    int heads = (int) n.attributes().integer("q_num_heads", 0);
    int others = (int) n.attributes().integer("kv_num_heads", heads);
    if (heads != others) {
      throw Attributes.unsupported("kv_num_heads", others);
    }
    Activation q = n.activation(0);
    boolean apart = q.rank() == 4;
    Activation context =
        attend(
            n,
            apart ? q : heads(n, q, heads),
            apart ? n.activation(1) : heads(n, n.activation(1), heads),
            apart ? n.activation(2) : heads(n, n.activation(2), heads),
            n.attributes().has("scale")
                ? Optional.of((double) n.attributes().real("scale", 1))
                : Optional.empty(),
            n.input(3));
    finish(n, context, apart);
  }

  /** ONNX Runtime's attention, whose weight makes queries, keys and values side by side. */
  private static void packed(OnnxNode n) {
    n.attributes().only("unidirectional", 0);
    n.attributes().only("do_rotary", 0);
    requireAbsent(n, 3, 4, 5);
    Activation x = n.activation(0);
    ConstantTensor w = n.constant(1);
    if (x.rank() != 3 || w.rank() != 2 || n.attributes().has("qkv_hidden_sizes")) {
      throw new IllegalArgumentException(
          "takes tokens, a matrix for q, k and v of one size, not %s and %s"
              .formatted(Arrays.toString(x.shape()), Arrays.toString(w.shape())));
    }
    int heads = (int) n.attributes().integer("num_heads", 0);
    Activation all = LayerOperators.tokens(n, ".qkv", x, Folding.transpose(w, 1, 0), n.optional(2));
    int size = w.shape()[1] / 3;
    Activation[] parts = new Activation[3];
    for (int i = 0; i < 3; i++) {
      Op part = new org.bitgaze.network.op.Slice(all.order()[2], i * size, (i + 1) * size, 1);
      parts[i] = heads(n, n.between(".part" + i, part, all), heads);
    }
    finish(n, attend(n, parts[0], parts[1], parts[2], scale(n), Optional.empty()), false);
  }

  private static void multiHead(OnnxNode n) {
    n.attributes().only("unidirectional", 0);
    requireAbsent(n, 4);
    int heads = (int) n.attributes().integer("num_heads", 0);
    Activation[] parts = new Activation[3];
    for (int i = 0; i < 3; i++) {
      Activation x = n.activation(i);
      if (x.rank() != 3) {
        throw new IllegalArgumentException(
            "takes tokens, but gets " + Arrays.toString(x.shape()) + " as input " + i);
      }
      Optional<ConstantTensor> bias = n.optional(3);
      if (bias.isPresent()) {
        int size = x.shape()[2];
        int start = bias.get().size() - (3 - i) * size;
        x = shifted(n, x, Folding.slice(bias.get(), 0, start, start + size, 1), ".bias" + i);
      }
      parts[i] = heads(n, x, heads);
    }
    finish(n, attend(n, parts[0], parts[1], parts[2], scale(n), n.input(5)), false);
  }

  private static Optional<Double> scale(OnnxNode n) {
    float scale = n.attributes().real("scale", 0);
    return scale == 0 ? Optional.empty() : Optional.of((double) scale);
  }

  private static void requireAbsent(OnnxNode n, int... inputs) {
    for (int i : inputs) {
      if (n.input(i).isPresent()) {
        throw new IllegalArgumentException(
            "input " + i + " is not supported; use the file before ONNX Runtime's optimization");
      }
    }
  }

  /** Features of (1, tokens, heads features) as (1, heads, tokens, features). */
  private static Activation heads(OnnxNode n, Activation x, int heads) {
    if (x.rank() != 3 || heads < 1 || x.shape()[2] % heads != 0) {
      throw new IllegalArgumentException(
          "has %d heads for %s".formatted(heads, Arrays.toString(x.shape())));
    }
    Activation plain = n.graph().plain(n.graph().batchAt(x, 0));
    int[] s = plain.stored();
    return n.graph().reshaped(plain, List.of(s[1], heads, s[2] / heads), 0, 2, 1, 3);
  }

  /** softmax(q k' scale + mask) v, over (1, heads, tokens, features). */
  private static Activation attend(
      OnnxNode n,
      Activation q,
      Activation k,
      Activation v,
      Optional<Double> scale,
      Optional<Operand> mask) {
    ImportedGraph graph = n.graph();
    int[] order = k.order();
    Activation keys = k.viewed(order[0], order[1], order[3], order[2]);
    Activation scores = n.between(".scores", new MatMul(), graph.plain(q), graph.plain(keys));
    double factor = scale.orElse(1 / Math.sqrt(q.shape()[3]));
    Activation scaled = n.between(".scaled", new ScalarAffine(factor, 0), scores);
    if (mask.isPresent()) {
      scaled = masked(n, scaled, mask.get());
    }
    Activation weights = n.between(".softmax", new Softmax(scaled.order()[3]), scaled);
    return n.between(".context", new MatMul(), weights, graph.plain(v));
  }

  private static Activation masked(OnnxNode n, Activation scores, Operand mask) {
    if (mask instanceof Operand.Known known && known.value().type().isReal()) {
      return shifted(n, scores, known.value(), ".masked");
    }
    if (mask instanceof Activation bias) {
      ImportedGraph.Pair p = n.graph().aligned(scores, bias);
      return n.between(".masked", new Add(), p.x(), p.y());
    }
    throw new IllegalArgumentException(
        "has a mask that is not added; export it with an additive mask of real numbers");
  }

  private static Activation shifted(OnnxNode n, Activation x, ConstantTensor c, String suffix) {
    Activation to = ArithmeticOperators.fitting(n, x, c);
    return ArithmeticOperators.shifted(n, to, ArithmeticOperators.fit(c, to), suffix);
  }

  /** Makes (1, heads, tokens, features) the output, perhaps as (1, tokens, heads features). */
  private static void finish(OnnxNode n, Activation context, boolean apart) {
    if (apart) {
      n.define(context);
      return;
    }
    int[] s = context.shape();
    Activation tokens = context.viewed(0, 2, 1, 3);
    n.emit(new Reshape(List.of(s[2], s[1] * s[3])), ShapeOperators.inOrder(n, tokens));
  }

  /** A sum and its norm; the sum is the fourth output. */
  private static void skip(OnnxNode n, boolean centred) {
    Activation x = n.activation(0);
    Activation y = n.activation(1);
    if (!Arrays.equals(x.shape(), y.shape())) {
      throw new IllegalArgumentException(
          "adds " + Arrays.toString(x.shape()) + " and " + Arrays.toString(y.shape()));
    }
    Optional<ConstantTensor> bias = n.optional(centred ? 4 : 3);
    ImportedGraph.Pair p = n.graph().aligned(x, y);
    Activation sum = n.between(".sum", new Add(), p.x(), p.y());
    if (bias.isPresent()) {
      sum = shifted(n, sum, bias.get(), ".bias");
    }
    for (int i = 1; i < 3; i++) {
      if (n.isTaken(i)) {
        throw new IllegalArgumentException("output " + i + " is not supported");
      }
    }
    if (n.hasOutput(3)) {
      n.define(3, sum);
    }
    int features = x.shape()[x.rank() - 1];
    double eps = n.attributes().real("epsilon", 1e-12f);
    Activation last = n.graph().storedLast(sum, x.rank() - 1);
    if (centred) {
      NormOperators.given(n, new LayerNorm(features, eps), last, n.constant(2), n.optional(3));
    } else {
      NormOperators.given(n, new RMSNorm(features, eps), last, n.constant(2), Optional.empty());
    }
  }

  private static void gelu(OnnxNode n, boolean tanh) {
    Activation x = n.activation(0);
    Optional<ConstantTensor> bias = n.optional(1);
    n.emit(new GELU(tanh), bias.isPresent() ? shifted(n, x, bias.get(), ".bias") : x);
  }

  /** x sigmoid(alpha x). */
  private static void quickGelu(OnnxNode n) {
    double alpha = n.attributes().real("alpha", 1.702f);
    Activation x = n.activation(0);
    if (alpha == 1) {
      n.emit(new SiLU(), x);
      return;
    }
    Activation scaled = n.between(".scaled", new ScalarAffine(alpha, 0), x);
    n.emit(new Mul(), x, n.between(".gate", new Sigmoid(), scaled));
  }

  private static void fusedMatMul(OnnxNode n) {
    n.attributes().only("transBatchA", 0);
    n.attributes().only("transBatchB", 0);
    double alpha = n.attributes().real("alpha", 1);
    List<Activation> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Activation x =
          n.isConstant(i)
              ? n.graph().constant(n.output(), n.constant(i), n.activation(1 - i))
              : n.activation(i);
      boolean turned = n.attributes().flag(i == 0 ? "transA" : "transB", false);
      both.add(turned ? LayerOperators.swapped(x) : x);
    }
    ImportedGraph.Pair p = LayerOperators.factors(n, both.get(0), both.get(1));
    if (alpha == 1) {
      n.emit(new MatMul(), p.x(), p.y());
    } else {
      n.emit(new ScalarAffine(alpha, 0), n.between(".product", new MatMul(), p.x(), p.y()));
    }
  }
}
