package org.bitgaze.weights;

/** The tensors of a file, under the file's own names. */
interface StoredTensors extends TensorSource {
  /**
   * Returns a tensor's element type without reading its data.
   *
   * @param name one of {@link #names}
   * @return PyTorch's name, such as {@code float8_e4m3fn}; safetensors' where PyTorch has none
   * @throws WeightsException if there is no such tensor
   */
  String dtype(String name) throws WeightsException;
}
