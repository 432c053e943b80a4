package org.bitgaze.onnx;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.onnx.Operand.Activation;

/** Operators that make numbers, ask for shapes, or hand on what they take. */
final class ConstantOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of(
              "Constant",
              0,
              0,
              Set.of("value", "value_int", "value_ints", "value_float", "value_floats"),
              ConstantOperators::constant),
          Operator.of("ConstantOfShape", 1, 1, Set.of("value"), ConstantOperators::filled),
          Operator.of("Identity", 1, 1, Set.of(), n -> n.define(n.inputs().get(0))),
          Operator.of("Dropout", 1, 3, Set.of("ratio", "seed"), ConstantOperators::dropout),
          Operator.of("Cast", 1, 1, Set.of("to", "saturate"), ConstantOperators::cast),
          Operator.of("Shape", 1, 1, Set.of("start", "end"), ConstantOperators::shape));

  private ConstantOperators() {}

  private static void constant(OnnxNode n) throws IOException {
    Attributes a = n.attributes();
    if (a.has("value")) {
      n.define(n.read(a.tensor("value").orElseThrow()));
    } else if (a.has("value_int")) {
      n.define(Constant.of(ElementType.INT64, new int[0], a.integer("value_int", 0)));
    } else if (a.has("value_ints")) {
      n.define(Constant.integers(a.ints("value_ints").orElseThrow()));
    } else if (a.has("value_float")) {
      n.define(Constant.of(ElementType.FLOAT, new int[0], a.real("value_float", 0)));
    } else if (a.has("value_floats")) {
      float[] values = a.floats("value_floats").orElseThrow();
      n.define(Constant.stored(ElementType.FLOAT, new int[] {values.length}, i -> values[i]));
    } else {
      throw new IllegalArgumentException("holds no number or tensor");
    }
  }

  private static void filled(OnnxNode n) throws IOException {
    int[] shape = OnnxNode.generated(n.constant(0).ints());
    Constant value = Constant.of(ElementType.FLOAT, new int[0], 0);
    if (n.attributes().has("value")) {
      value = n.read(n.attributes().tensor("value").orElseThrow());
    }
    double all = value.scalar("attribute 'value'");
    n.define(Constant.stored(value.type(), shape, i -> all));
  }

  /** As it is deployed the identity; it stays a node, for it may be asked to drop. */
  private static void dropout(OnnxNode n) {
    if (n.optional(2).isPresent() && n.constant(2).scalar("training_mode") != 0) {
      throw new IllegalArgumentException("drops: training_mode is true");
    }
    n.requireOneOutput();
    double ratio =
        n.optional(1)
            .map(c -> c.scalar("ratio"))
            .orElseGet(() -> (double) n.attributes().real("ratio", .5f));
    if (n.isActivation(0)) {
      n.emit(Dropout.of(ratio), n.activation(0));
    } else {
      n.define(n.inputs().get(0));
    }
  }

  private static void cast(OnnxNode n) {
    ElementType to = ElementType.of((int) n.attributes().integer("to", 0));
    n.attributes().only("saturate", 0, 1);
    if (n.isActivation(0)) {
      if (to != ElementType.FLOAT) {
        throw Attributes.unsupported("to", to);
      }
      n.define(n.activation(0));
      return;
    }
    Constant c = n.constant(0);
    n.define(
        switch (to) {
          case FLOAT -> c.computed(to, c.shape(), i -> (float) c.elements().applyAsDouble(i));
          case DOUBLE -> c.computed(to, c.shape(), c.elements());
          case INT32, INT64 -> c.computed(to, c.shape(), i -> (long) c.elements().applyAsDouble(i));
          default -> throw Attributes.unsupported("to", to);
        });
  }

  private static void shape(OnnxNode n) {
    int[] shape =
        n.input(0).orElseThrow() instanceof Activation v ? v.shape() : n.constant(0).shape();
    int start = bound(n.attributes().integer("start", 0), shape.length);
    int end = bound(n.attributes().integer("end", shape.length), shape.length);
    n.define(Constant.integers(Arrays.copyOfRange(shape, start, Math.max(start, end))));
  }

  private static int bound(long index, int rank) {
    return (int) Math.max(0, Math.min(rank, index < 0 ? index + rank : index));
  }
}
