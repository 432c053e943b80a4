package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.GroupNorm;
import org.bitgaze.network.op.InstanceNorm2d;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Normalizations by an image's own statistics. Where a file writes one as several nodes, the
 * factors and terms that follow become its parameters.
 */
final class NormOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "LayerNormalization",
              2,
              3,
              Set.of("axis", "epsilon", "stash_type"),
              n -> layer(n, n.optional(2))),
          Operator.of(
              "RMSNormalization",
              2,
              2,
              Set.of("axis", "epsilon", "stash_type"),
              NormOperators::rootMeanSquare),
          Operator.of(
              "SimplifiedLayerNormalization",
              2,
              2,
              Set.of("axis", "epsilon", "stash_type"),
              NormOperators::rootMeanSquare),
          Operator.of(
              "GroupNormalization",
              3,
              3,
              Set.of("epsilon", "num_groups", "stash_type"),
              NormOperators::group),
          Operator.of("InstanceNormalization", 3, 3, Set.of("epsilon"), NormOperators::instance));

  private NormOperators() {}

  private static void layer(OnnxNode n, Optional<ConstantTensor> bias) {
    n.requireOneOutput();
    Activation x = flattened(n, n.activation(0), n.attributes().integer("axis", -1));
    int features = x.stored()[x.stored().length - 1];
    layer(n, x, n.activation(0), LayerOperators.epsilon(n), n.constant(1), bias, features);
  }

  /** Normalizes the last stored dimension; the file sees the output as another tensor. */
  static void layer(
      OnnxNode n,
      Activation x,
      Activation like,
      double eps,
      ConstantTensor weight,
      Optional<ConstantTensor> bias,
      int features) {
    Map<String, ConstantTensor> parameters = new HashMap<>();
    parameters.put("weight", vector(weight, features));
    bias.ifPresent(b -> parameters.put("bias", vector(b, features)));
    restored(n, new LayerNorm(features, eps), x, like, parameters);
  }

  /** Adds a norm over the last stored dimension. */
  static void given(
      OnnxNode n, Op op, Activation x, ConstantTensor weight, Optional<ConstantTensor> bias) {
    int features = x.stored()[x.stored().length - 1];
    Map<String, ConstantTensor> parameters = new HashMap<>();
    parameters.put("weight", vector(weight, features));
    bias.ifPresent(b -> parameters.put("bias", vector(b, features)));
    set(n, n.emit(op, x), op, parameters);
  }

  private static void rootMeanSquare(OnnxNode n) {
    n.requireOneOutput();
    Activation x = flattened(n, n.activation(0), n.attributes().integer("axis", -1));
    int features = x.stored()[x.stored().length - 1];
    restored(
        n,
        new RMSNorm(features, LayerOperators.epsilon(n)),
        x,
        n.activation(0),
        Map.of("weight", vector(n.constant(1), features)));
  }

  /** Adds an operation that keeps the sizes, and gives its output the sizes of another tensor. */
  private static void restored(
      OnnxNode n, Op op, Activation x, Activation like, Map<String, ConstantTensor> parameters) {
    if (x.rank() == like.rank()) {
      set(n, n.emit(op, x), op, parameters);
      return;
    }
    Activation made = n.between(".rows", op, x);
    set(n, made, op, parameters);
    Activation back = n.graph().batchAt(n.graph().plain(like), like.shape()[0] == 1 ? 0 : -1);
    n.emitView(back.order(), new Reshape(ImportedGraph.sizes(back)), made);
  }

  /** The dimensions from an axis on as one, which is stored last. */
  private static Activation flattened(OnnxNode n, Activation x, long axis) {
    ImportedGraph graph = n.graph();
    int at = OnnxNode.axis(axis, x);
    if (at == x.rank() - 1) {
      return graph.storedLast(x, at);
    }
    Activation plain = graph.plain(graph.batchAt(x, x.shape()[0] == 1 ? 0 : -1));
    int first = plain.order()[at];
    int[] stored = plain.stored();
    List<Integer> sizes =
        IntStream.concat(
                Arrays.stream(stored, 1, first),
                IntStream.of(ConstantTensor.size(Arrays.copyOfRange(stored, first, stored.length))))
            .boxed()
            .toList();
    return graph.reshaped(plain, sizes, Arrays.copyOf(plain.order(), at + 1));
  }

  /** Sets the parameters of a norm: those given, else 1 and 0. */
  private static void set(
      OnnxNode n, Activation made, Op op, Map<String, ConstantTensor> parameters) {
    op.parameters()
        .forEach(
            (local, shape) ->
                n.graph()
                    .parameter(
                        made,
                        local,
                        parameters.getOrDefault(
                            local,
                            ConstantTensor.stored(
                                ElementType.FLOAT, shape, i -> local.equals("weight") ? 1 : 0))));
  }

  private static ConstantTensor vector(ConstantTensor c, int features) {
    boolean one = c.size() == 1;
    if (!one && c.size() != features) {
      throw new IllegalArgumentException(
          "has parameters of " + Arrays.toString(c.shape()) + " for " + features + " features");
    }
    return one && features != 1
        ? ConstantTensor.stored(c.type(), new int[] {features}, i -> c.elements().applyAsDouble(0))
        : c.reshaped(features);
  }

  /** Up to operator set 20 there is a parameter per group, from 21 per channel. */
  private static void group(OnnxNode n) {
    Activation x = n.plain(0);
    x = n.graph().batchAt(x, 0);
    int channels = x.stored()[1];
    int groups = Math.toIntExact(n.attributes().integer("num_groups", 0));
    GroupNorm op = new GroupNorm(groups, channels, LayerOperators.epsilon(n));
    set(
        n,
        n.emit(op, x),
        op,
        Map.of(
            "weight", perChannel(n.constant(1), channels),
            "bias", perChannel(n.constant(2), channels)));
  }

  /** A number for each channel, or for each of several equal groups. */
  private static ConstantTensor perChannel(ConstantTensor c, int channels) {
    if (c.size() < 1 || channels % c.size() != 0) {
      throw new IllegalArgumentException(
          "has parameters of " + Arrays.toString(c.shape()) + " for " + channels + " channels");
    }
    int each = channels / c.size();
    return each == 1
        ? c.reshaped(channels)
        : c.computed(c.type(), new int[] {channels}, i -> c.elements().applyAsDouble(i / each));
  }

  private static void instance(OnnxNode n) {
    Activation x = n.activation(0);
    double eps = LayerOperators.epsilon(n);
    Map<String, ConstantTensor> parameters = Map.of("weight", n.constant(1), "bias", n.constant(2));
    if (x.rank() == 4 && x.shape()[0] == 1) {
      InstanceNorm2d op = new InstanceNorm2d(x.shape()[1], eps);
      set(n, n.emit(op, n.image()), op, parameters);
      return;
    }
    Activation groups = n.graph().batchAt(n.plain(0), 0);
    int channels = groups.stored()[1];
    GroupNorm op = new GroupNorm(channels, channels, eps);
    set(n, n.emit(op, groups), op, parameters);
  }

  /**
   * Makes a Reshape the end of a group norm, if it gives groups of channels, which an instance norm
   * before it normalized, the sizes that they had before.
   */
  static boolean regrouped(OnnxNode n, int[] sizes) {
    Activation x = n.activation(0);
    ImportedGraph graph = n.graph();
    Node norm = graph.node(x);
    if (!(norm.op() instanceof GroupNorm groups) || groups.groups() != groups.channels()) {
      return false;
    }
    Node apart = graph.node(norm.input());
    if (!(apart.op() instanceof Reshape)) {
      return false;
    }
    Activation before = graph.made(apart.input());
    boolean same = x.isPlain() && Arrays.equals(before.shape(), sizes) && sizes.length > 2;
    if (!same || sizes[1] % groups.groups() != 0) {
      return false;
    }
    GroupNorm op = new GroupNorm(groups.groups(), sizes[1], groups.eps());
    Map<String, ConstantTensor> parameters = new HashMap<>();
    for (String local : op.parameters().keySet()) {
      parameters.put(
          local, perChannel(graph.parameters().get(norm.name() + "." + local), sizes[1]));
    }
    Activation made = n.emit(op, before);
    set(n, made, op, parameters);
    graph.withoutParameters(made, new ImportedGraph.Norm(op, before, parameters));
    return true;
  }

  /**
   * Makes a product or a sum with constants a parameter of the norm before it.
   *
   * @param c one number for each feature or channel, in the dimensions in which x is stored
   * @param adds whether it is a sum
   */
  static boolean absorb(OnnxNode n, Activation x, ConstantTensor c, boolean adds) {
    Optional<ImportedGraph.Norm> norm = n.graph().norm(x);
    if (norm.isEmpty()) {
      return false;
    }
    Op op = norm.get().op();
    int axis = op instanceof GroupNorm ? 0 : c.rank() - 1;
    String local = adds ? "bias" : "weight";
    int[] shape = op.parameters().get(local);
    boolean fits =
        shape != null && c.rank() > 0 && c.size() == shape[0] && c.shape()[axis] == shape[0];
    if (!fits) {
      return false;
    }
    Map<String, ConstantTensor> parameters = new HashMap<>(norm.get().parameters());
    ConstantTensor vector = c.reshaped(shape[0]);
    ConstantTensor bias = parameters.get("bias");
    if (adds) {
      parameters.put(
          "bias", bias == null ? vector : Folding.both(c.type(), bias, vector, Double::sum));
    } else {
      ConstantTensor weight = parameters.get("weight");
      parameters.put("weight", weight == null ? vector : product(weight, vector));
      if (bias != null) {
        parameters.put("bias", product(bias, vector));
      }
    }
    Activation made = n.graph().append(n.output(), op, norm.get().input());
    set(n, made, op, parameters);
    n.graph().withoutParameters(made, new ImportedGraph.Norm(op, norm.get().input(), parameters));
    n.define(made.viewed(x.order()));
    return true;
  }

  private static ConstantTensor product(ConstantTensor a, ConstantTensor b) {
    return Folding.both(a.type(), a, b, (x, y) -> x * y);
  }

  /**
   * Adds a norm that the file writes as several nodes.
   *
   * @param op over one dimension
   * @param x what it takes
   * @param axis the file's dimension
   */
  static void decomposed(OnnxNode n, Op op, Activation x, int axis) {
    Activation last = n.graph().storedLast(x, axis);
    Activation made = n.emit(op, last);
    set(n, made, op, Map.of());
    n.graph().withoutParameters(made, new ImportedGraph.Norm(op, last, Map.of()));
  }
}
