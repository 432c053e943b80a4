package org.bitgaze.onnx.ops;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.ops.Operand.Quantized;
import org.bitgaze.quant.DynamicFakeQuantize;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Precision.IntegerRange;

/**
 * QuantizeLinear and DequantizeLinear. A pair on activations is a {@link FakeQuantize} with one
 * scale for the tensor. On constants both are computed, per tensor, per channel or per block.
 */
final class QuantizeOperators {
  private static final Set<String> ATTRIBUTES =
      Set.of("axis", "block_size", "output_dtype", "precision", "saturate");

  static final List<Operator> ALL =
      List.of(
          Operator.of("QuantizeLinear", 2, 3, ATTRIBUTES, QuantizeOperators::quantize),
          Operator.of("DequantizeLinear", 2, 3, ATTRIBUTES, QuantizeOperators::dequantize),
          Operator.of("DynamicQuantizeLinear", 1, 1, Set.of(), QuantizeOperators::dynamic));

  private QuantizeOperators() {}

  private static void quantize(OnnxNode n) {
    n.attributes().only("saturate", 0, 1);
    n.attributes().only("precision", 0, ElementType.FLOAT.code());
    ConstantTensor scale = n.constant(1);
    Optional<ConstantTensor> zero = n.optional(2);
    int stated = (int) n.attributes().integer("output_dtype", 0);
    int block = (int) n.attributes().integer("block_size", 0);
    ElementType type =
        zero.map(ConstantTensor::type)
            .orElseGet(() -> stated == 0 ? ElementType.UINT8 : ElementType.of(stated));
    if (type.isReal()
        || type == ElementType.BOOL
        || type.bits() > 16
        || (stated != 0 && stated != type.code())) {
      throw new IllegalArgumentException("quantizes to " + type);
    }
    int axis = (int) n.attributes().integer("axis", 1);
    if (n.isConstant(0)) {
      ConstantTensor x = n.constant(0);
      n.define(Folding.quantize(x, new Scales(x.shape(), scale, zero, axis, block), type));
      return;
    }
    n.attributes().only("block_size", 0);
    float step = (float) scale.scalar("the scale of activations");
    new Scales(new int[0], scale, zero, 0, 0).requireInvertible();
    int low = type.isUnsigned() ? 0 : -(1 << (type.bits() - 1));
    IntegerRange integers = new IntegerRange(low, low + (1 << type.bits()) - 1);
    int point = zero.map(z -> (int) z.scalar("zero point")).orElse(0);
    FakeQuantize by = new FakeQuantize(step, point, integers);
    n.define(new Quantized(n.activation(0), true, by, type, n.output()));
  }

  /** Of a layer that {@link IntegerOperators} rewrote: the output is the real values. */
  private static void dynamic(OnnxNode n) {
    if (n.outputs() != 1) {
      throw new IllegalArgumentException(
          "dynamic quantization is supported before ConvInteger and MatMulInteger, whose result is"
              + " cast and multiplied by both scales");
    }
    n.emit(new DynamicFakeQuantize(new IntegerRange(0, 255)), n.activation(0));
  }

  private static void dequantize(OnnxNode n) {
    n.attributes().only("output_dtype", 0, 1, ElementType.FLOAT16.code());
    ConstantTensor scale = n.constant(1);
    Optional<ConstantTensor> zero = n.optional(2);
    int block = (int) n.attributes().integer("block_size", 0);
    if (n.input(0).orElseThrow() instanceof Quantized q) {
      n.attributes().only("block_size", 0);
      integers(n, q, (float) scale.scalar("scale"), zero);
      return;
    }
    ConstantTensor q = n.constant(0);
    if (q.type().isReal() || zero.filter(z -> z.type() != q.type()).isPresent()) {
      throw new IllegalArgumentException(
          "of " + q.type() + zero.map(z -> " with a zero point of " + z.type()).orElse(""));
    }
    int axis = (int) n.attributes().integer("axis", 1);
    n.define(Folding.dequantize(q, new Scales(q.shape(), scale, zero, axis, block)));
  }

  /** The values of integers; those of another scale or zero point are a + b times its own. */
  private static void integers(
      OnnxNode n, Quantized q, float scale, Optional<ConstantTensor> zero) {
    double point = zero.map(z -> z.scalar("zero point")).orElse(0.0);
    if (zero.filter(z -> z.type() != q.type()).isPresent()) {
      throw new IllegalArgumentException(
          "of " + q.type() + " with a zero point of " + zero.get().type());
    }
    new Scales(new int[0], n.constant(1), zero, 0, 0).requireInvertible();
    if (scale == q.by().scale() && point == q.by().zeroPoint()) {
      if (q.pending()) {
        n.emit(q.by(), q.real());
      } else {
        n.define(q.real());
      }
      return;
    }
    double factor = scale / (double) q.by().scale();
    double shift = (q.by().zeroPoint() - point) * scale;
    n.emit(new ScalarAffine(factor, shift), n.real(q));
  }
}
