package org.bitgaze.onnx.ops;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Activation;
import org.bitgaze.onnx.ops.Operand.Known;
import org.bitgaze.onnx.ops.Operand.Quantized;

/** Operators that return their input, perhaps as another type. */
final class CopyOperators {
  static final List<Operator> ALL =
      List.of(
          Operator.of("Identity", 1, 1, Set.of(), n -> n.define(n.input(0).orElseThrow())),
          Operator.of("Dropout", 1, 3, Set.of("ratio", "seed"), CopyOperators::dropout),
          Operator.of("Cast", 1, 1, Set.of("to", "saturate"), CopyOperators::cast),
          Operator.of("CastLike", 2, 2, Set.of("saturate"), CopyOperators::castLike));

  /** Types in which each integer of 8 bits and more is exact, so that casting changes no value. */
  private static final Set<ElementType> WIDE = EnumSet.of(ElementType.INT32, ElementType.INT64);

  private CopyOperators() {}

  /** As it is deployed the identity; it stays a node, because training mode drops. */
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
      n.define(n.input(0).orElseThrow());
    }
  }

  private static void cast(OnnxNode n) {
    to(n, ElementType.of((int) n.attributes().integer("to", 0)));
  }

  private static void castLike(OnnxNode n) {
    Operand like = n.input(1).orElseThrow();
    to(
        n,
        like instanceof Known known
            ? known.value().type()
            : like instanceof Quantized q ? q.type() : ElementType.FLOAT);
  }

  private static void to(OnnxNode n, ElementType to) {
    n.attributes().only("saturate", 0, 1);
    Operand operand = n.input(0).orElseThrow();
    if (operand instanceof Quantized q) {
      n.define(integers(n, q, to));
    } else if (operand instanceof Activation x) {
      if (!to.isReal()) {
        throw Attributes.unsupported("to", to);
      }
      if (to != ElementType.FLOAT) {
        n.notice("the file computes parts in " + to + "; they are computed in float32");
      }
      n.define(x);
    } else {
      n.define(constant(n.constant(0), to));
    }
  }

  /** Integers as another type, in which they have the same values. */
  private static Quantized integers(OnnxNode n, Quantized q, ElementType to) {
    boolean same = to == q.type() || WIDE.contains(to);
    if (!same) {
      throw new IllegalArgumentException(
          "casts quantized values of " + q.type() + " to " + to + ", which is not supported");
    }
    return new Quantized(q.real(), q.pending(), q.by(), to, n.output());
  }

  private static ConstantTensor constant(ConstantTensor c, ElementType to) {
    if (c.type() == to) {
      return c;
    }
    if (to == ElementType.BOOL) {
      return c.computed(to, c.shape(), i -> c.elements().applyAsDouble(i) == 0 ? 0 : 1);
    }
    if (to.isReal()) {
      return c.computed(to, c.shape(), i -> Folding.as(to, c.elements().applyAsDouble(i)));
    }
    long low = to.bits() == 64 ? Long.MIN_VALUE : to.isUnsigned() ? 0 : -(1L << (to.bits() - 1));
    long high = to.bits() == 64 ? Long.MAX_VALUE : low + (1L << to.bits()) - 1;
    return c.computed(
        to,
        c.shape(),
        i -> {
          long value = (long) c.elements().applyAsDouble(i);
          if (value < low || value > high) {
            throw new IllegalArgumentException("casts " + value + " to " + to);
          }
          return value;
        });
  }
}
