package org.bitgaze.quant;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.op.Script;
import org.bitgaze.quant.Precision.IntegerRange;
import org.bitgaze.weights.Tensor;

/**
 * Symmetric fake quantization of weights: clamp(round(w / scale), qmin, qmax) * scale with scale =
 * max|w| / ((qmax - qmin) / 2), at least float32 epsilon, rounding half to even, in float32 as
 * PyTorch's kernel computes it. The maximum is that of the tensor or of each output channel.
 *
 * @param precision an integer precision
 */
public record WeightQuantization(Precision precision) implements ParameterPrecision {
  @Override
  public int bits() {
    return precision.bits();
  }

  @Override
  public boolean perChannel() {
    return precision.perChannel();
  }

  @Override
  public Tensor fakeQuantize(Tensor weight) {
    float[] w = weight.data();
    int group = perChannel() ? w.length / weight.shape()[0] : w.length;
    IntegerRange q = precision.weights();
    float[] out = new float[w.length];
    for (int start = 0; start < w.length; start += group) {
      float max = 0;
      for (int i = start; i < start + group; i++) {
        max = Math.max(max, Math.abs(w[i]));
      }
      float scale = Math.max((float) (max / steps(q)), Range.EPS);
      float inverse = 1f / scale;
      for (int i = start; i < start + group; i++) {
        double rounded = Math.rint(w[i] * inverse);
        out[i] = (float) Math.max(q.qmin(), Math.min(q.qmax(), rounded)) * scale;
      }
    }
    return new Tensor(weight.shape(), out);
  }

  @Override
  public Rounded torchScript(String weight, int rank, UnaryOperator<String> let) {
    IntegerRange q = precision.weights();
    List<Integer> reduced = IntStream.range(perChannel() ? 1 : 0, rank).boxed().toList();
    String low = Script.call("neg", Script.call("amin", weight, reduced, perChannel()));
    String high = Script.call("amax", weight, reduced, perChannel());
    String max = let.apply(Script.call("maximum", let.apply(low), high));
    String step = Script.call("div", max, steps(q));
    String scale = let.apply(Script.call("clamp", step, (double) Range.EPS, "None"));
    String steps = let.apply(Script.call("mul", weight, Script.call("reciprocal", scale)));
    String clamped = Script.call("clamp_", Script.call("round_", steps), q.qmin(), q.qmax());
    return new Rounded(let.apply(Script.call("mul_", clamped, scale)), scale);
  }

  /** Steps from 0 to max|w|. */
  private static double steps(IntegerRange q) {
    return (q.qmax() - q.qmin()) / 2.0;
  }
}
