package org.bitgaze.quant;

import org.bitgaze.weights.Tensor;

/** Symmetric fake quantization of weights. */
public final class WeightQuantization {
  private WeightQuantization() {}

  /**
   * Rounds weights to the integers of a precision and back: scale = max|w| / ((qmax - qmin) / 2),
   * zero point 0, round half to even, in float32 as PyTorch's kernel.
   *
   * @param weight (out, ...), finite
   * @param precision an integer precision; per tensor, or per output channel
   * @return the fake-quantized weights, same shape
   */
  public static Tensor fakeQuantize(Tensor weight, Precision precision) {
    float[] w = weight.data();
    int group = precision.perChannel() ? w.length / weight.shape()[0] : w.length;
    Precision.IntegerRange q = precision.weights();
    float[] out = new float[w.length];
    for (int start = 0; start < w.length; start += group) {
      float max = 0;
      for (int i = start; i < start + group; i++) {
        max = Math.max(max, Math.abs(w[i]));
      }
      float scale = Math.max((float) (max / ((q.qmax() - q.qmin()) / 2.0)), Range.EPS);
      float inverse = 1f / scale;
      for (int i = start; i < start + group; i++) {
        double rounded = Math.rint(w[i] * inverse);
        out[i] = (float) Math.max(q.qmin(), Math.min(q.qmax(), rounded)) * scale;
      }
    }
    return new Tensor(weight.shape(), out);
  }
}
