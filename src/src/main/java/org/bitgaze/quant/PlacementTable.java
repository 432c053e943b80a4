package org.bitgaze.quant;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.ConstantDiv;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.ELU;
import org.bitgaze.network.op.Extremum;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.GroupNorm;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.InstanceNorm2d;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.LocalResponseNorm;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.PReLU;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Reciprocal;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.network.op.Sub;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.network.op.UnaryFunction;
import org.bitgaze.quant.Precision.IntegerRange;

/**
 * Which operations' outputs are quantized: one row per operation, as torch.ao's {@code
 * backend_config}. An operation without a row has no quantization point: it moves, selects, clamps
 * or averages values, multiplies by or adds a single number, or adds a mask.
 *
 * @param rows operation to its row
 */
record PlacementTable(Map<Class<? extends Op>, Row> rows) {
  private static final Set<Class<? extends Op>> CLAMPING =
      Set.of(ReLU.class, ReLU6.class, Clamp.class);

  /** Integer kernels compute a layer or a sum together with the activation behind it. */
  static final PlacementTable FUSED =
      PlacementTable.of(
          Row.of(Input.class),
          Row.of(Conv2d.class).fusedWith(CLAMPING),
          Row.of(ConvTranspose2d.class).fusedWith(CLAMPING),
          Row.of(Linear.class).fusedWith(CLAMPING),
          Row.of(BatchNorm2d.class).fusedWith(CLAMPING),
          Row.of(InstanceNorm2d.class).fusedWith(CLAMPING),
          Row.of(Add.class).fusedWith(CLAMPING),
          Row.of(Sub.class),
          Row.of(Mul.class),
          Row.of(Div.class),
          Row.of(AddConstant.class, op -> isTensor(op.shape())),
          Row.of(MulConstant.class, op -> isTensor(op.shape())),
          Row.of(Cat.class),
          Row.of(MatMul.class),
          Row.of(LayerNorm.class),
          Row.of(GroupNorm.class),
          Row.of(RMSNorm.class),
          Row.of(GELU.class),
          Row.of(Pow.class),
          Row.of(Reciprocal.class),
          Row.of(UnaryFunction.class),
          Row.of(ConstantDiv.class),
          Row.of(Extremum.class),
          Row.of(LocalResponseNorm.class),
          Row.of(Reduce.class, op -> op.kind() == Reduce.Kind.SUM || op.kind() == Reduce.Kind.L2),
          Row.of(SiLU.class),
          Row.of(HardSwish.class),
          Row.of(Sigmoid.class),
          Row.of(HardSigmoid.class),
          Row.of(Tanh.class),
          Row.of(ELU.class),
          Row.of(LeakyReLU.class),
          Row.of(PReLU.class),
          Row.of(Softmax.class).withFixedRange(new Range(0, 1)),
          Row.of(Interpolate.class, op -> op.kind() != Interpolate.Kind.NEAREST));

  /** PyTorch quantizes a module that matches no fused pattern by itself, and no function. */
  static final PlacementTable UNFUSED =
      PlacementTable.of(
          Row.of(Conv2d.class),
          Row.of(ConvTranspose2d.class),
          Row.of(Linear.class),
          Row.of(BatchNorm2d.class),
          Row.of(InstanceNorm2d.class),
          Row.of(ReLU6.class),
          Row.of(Sigmoid.class).withFixed(new FakeQuantize(0x1p-8f, 0, new IntegerRange(0, 255))));

  /**
   * A row of the table.
   *
   * @param op the operation
   * @param condition which of these operations have a point
   * @param fusedWith activations behind which the point sits, if one is the only consumer
   * @param fixed the quantization to given integers, whatever was observed; empty where the range
   *     comes from observations
   * @param range the range that is fixed, where it is one of values and not of integers
   */
  record Row(
      Class<? extends Op> op,
      Predicate<Op> condition,
      Set<Class<? extends Op>> fusedWith,
      Optional<Function<IntegerRange, FakeQuantize>> fixed,
      Optional<Range> range) {

    /** A point at the output of every operation of a class. */
    static Row of(Class<? extends Op> op) {
      return of(op, any -> true);
    }

    /** A point at the output of some operations of a class. */
    static <T extends Op> Row of(Class<T> op, Predicate<T> condition) {
      return new Row(
          op, any -> condition.test(op.cast(any)), Set.of(), Optional.empty(), Optional.empty());
    }

    /** Moves the point behind an activation that is the only consumer. */
    Row fusedWith(Set<Class<? extends Op>> activations) {
      return new Row(op, condition, activations, fixed, range);
    }

    /** Quantizes a known range, at any precision. */
    Row withFixedRange(Range known) {
      return new Row(op, condition, fusedWith, Optional.of(known::affine), Optional.of(known));
    }

    /** Quantizes in the same way at every precision, as PyTorch's FixedQParamsObserver. */
    Row withFixed(FakeQuantize quantization) {
      return new Row(
          op, condition, fusedWith, Optional.of(integers -> quantization), Optional.empty());
    }
  }

  /** Tells a tensor from a single number, whose product or sum has no point. */
  static boolean isTensor(List<Integer> shape) {
    return shape.stream().anyMatch(size -> size > 1);
  }

  private static PlacementTable of(Row... rows) {
    return new PlacementTable(
        Arrays.stream(rows).collect(Collectors.toUnmodifiableMap(Row::op, row -> row)));
  }

  /** Returns the row of an operation whose output is quantized. */
  Optional<Row> row(Op op) {
    return Optional.ofNullable(rows.get(op.getClass())).filter(row -> row.condition().test(op));
  }
}
