package org.bitgaze.onnx;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.onnx.Operand.Quantized;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision.IntegerRange;

/**
 * QuantizeLinear and DequantizeLinear: a pair on a tensor is a {@link FakeQuantize}, with one scale
 * for the whole tensor; on a constant both are computed, per tensor or per channel.
 */
final class QuantizeOperators {
  private static final Set<String> ATTRIBUTES =
      Set.of("axis", "block_size", "output_dtype", "saturate");

  static final List<Operator> ALL =
      List.of(
          Operator.of("QuantizeLinear", 2, 3, ATTRIBUTES, QuantizeOperators::quantize),
          Operator.of("DequantizeLinear", 2, 3, ATTRIBUTES, QuantizeOperators::dequantize));

  private QuantizeOperators() {}

  private static void quantize(OnnxNode n) {
    n.attributes().only("block_size", 0);
    n.attributes().only("saturate", 0, 1);
    Constant scale = n.constant(1);
    Optional<Constant> zero = n.optional(2);
    int said = (int) n.attributes().integer("output_dtype", 0);
    ElementType type =
        zero.map(Constant::type)
            .orElseGet(() -> said == 0 ? ElementType.UINT8 : ElementType.of(said));
    if (type.isReal()
        || type == ElementType.BOOL
        || type.bits() > 16
        || (said != 0 && said != type.code())) {
      throw new IllegalArgumentException("quantizes to " + type);
    }
    int axis = (int) n.attributes().integer("axis", 1);
    if (n.isConstant(0)) {
      Constant x = n.constant(0);
      n.define(Folding.quantize(x, new Scales(x.shape(), scale, zero.orElse(null), axis), type));
      return;
    }
    float step = (float) scale.scalar("scale, of a tensor that images decide,");
    new Scales(new int[0], scale, zero.orElse(null), 0);
    int low = type.isUnsigned() ? 0 : -(1 << (type.bits() - 1));
    IntegerRange integers = new IntegerRange(low, low + (1 << type.bits()) - 1);
    int point = zero.map(z -> (int) z.scalar("zero point")).orElse(0);
    n.define(new Quantized(n.activation(0), new FakeQuantize(step, point, integers), type));
  }

  private static void dequantize(OnnxNode n) {
    n.attributes().only("block_size", 0);
    n.attributes().only("output_dtype", 0, ElementType.FLOAT.code());
    Constant scale = n.constant(1);
    Optional<Constant> zero = n.optional(2);
    if (n.input(0).orElseThrow() instanceof Quantized q) {
      double point = zero.map(z -> z.scalar("zero point")).orElse(0.0);
      if ((float) scale.scalar("scale") != q.by().scale()
          || point != q.by().zeroPoint()
          || zero.filter(z -> z.type() != q.type()).isPresent()) {
        throw new IllegalArgumentException("has not scale and zero point of its QuantizeLinear");
      }
      n.emit(q.by(), q.of());
      return;
    }
    Constant q = n.constant(0);
    if (q.type().isReal() || zero.filter(z -> z.type() != q.type()).isPresent()) {
      throw new IllegalArgumentException(
          "of " + q.type() + zero.map(z -> " with a zero point of " + z.type()).orElse(""));
    }
    int axis = (int) n.attributes().integer("axis", 1);
    n.define(Folding.dequantize(q, new Scales(q.shape(), scale, zero.orElse(null), axis)));
  }
}
