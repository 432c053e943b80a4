package org.bitgaze.weights;

import java.util.Map;
import java.util.Set;

/**
 * Tensors that are in memory.
 *
 * @param description what to call them in messages
 * @param tensors name to tensor
 */
public record TensorMap(String description, Map<String, Tensor> tensors) implements TensorSource {

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return read(name).shape().clone();
  }

  @Override
  public Tensor read(String name) throws WeightsException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightsException(description + ": no tensor '" + name + "'");
    }
    return tensor;
  }
}
