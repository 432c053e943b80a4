package org.bitgaze.quant;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * A source in which some tensors are fake-quantized. Who reads it gets the rounded values; a
 * compiler reads {@link #base} and rounds natively.
 *
 * @param base the unrounded tensors
 * @param precisions which of them are rounded, and to what
 */
public record QuantizedTensors(TensorSource base, Map<String, Precision> precisions)
    implements TensorSource {

  /** Copies the map. */
  public QuantizedTensors {
    precisions = Map.copyOf(precisions);
  }

  @Override
  public Set<String> names() {
    return base.names();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return base.shape(name);
  }

  @Override
  public Tensor read(String name) throws IOException {
    Tensor tensor = base.read(name);
    Precision precision = precisions.get(name);
    return precision == null ? tensor : WeightQuantization.fakeQuantize(tensor, precision);
  }

  @Override
  public String description() {
    return base.description();
  }

  @Override
  public Map<String, String> metadata() {
    return base.metadata();
  }

  @Override
  public void close() throws IOException {
    base.close();
  }
}
