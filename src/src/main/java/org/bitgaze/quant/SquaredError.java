package org.bitgaze.quant;

/**
 * The sum of squared differences between values and fake-quantized values, each value taken at the
 * centre of its bin: sum of count (c - (q - zero point) scale)^2.
 */
final class SquaredError implements RangeSearch.Error {
  @Override
  public double of(Histogram h, Range range, FakeQuantize q) {
    double scale = q.scale();
    double sum = 0;
    for (int k = 0; k < Histogram.BINS; k++) {
      if (h.count(k) > 0) {
        double centre = h.centre(k);
        double difference = centre - (RangeSearch.level(centre, q) - q.zeroPoint()) * scale;
        sum += h.count(k) * (difference * difference);
      }
    }
    return sum;
  }
}
