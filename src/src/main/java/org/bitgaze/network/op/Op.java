package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node computes: its parameters, the shape of its output, its cost and its TorchScript.
 * Operations are values: they hold sizes and options, never tensors. Images are NCHW. Dimensions
 * are counted from 1; 0 is the batch.
 *
 * <p>A new operation is a new class here, its meaning in plain Java in the tests, and, if its
 * output is quantized, a row in {@code org.bitgaze.quant.PlacementTable}. Passes and compilers call
 * these methods and have no other list of operations.
 */
public interface Op {

  /** {@return the parameters: PyTorch's local name, such as {@code weight}, to shape, in order} */
  default Map<String, int[]> parameters() {
    return Map.of();
  }

  /**
   * Infers the shape of the output for one image.
   *
   * @param inputs shapes of the inputs without the batch dimension, such as (channels, height,
   *     width) or (features); of an operation without inputs the image's (height, width)
   * @return the output's shape, likewise; a size below 1 means that the image is too small
   * @throws IllegalArgumentException if the inputs do not fit, saying what was expected and found
   */
  int[] outputShape(List<int[]> inputs);

  /**
   * Counts the multiply-adds of one image in matrix products. Element-wise work does not count.
   *
   * @param inputs shapes of the inputs, as in {@link #outputShape}
   * @return the number of multiplications followed by an addition
   */
  default long multiplyAdds(List<int[]> inputs) {
    return 0;
  }

  /**
   * Writes the operation in the form that {@code torch.jit} serializes.
   *
   * @param script names the inputs and parameters, and takes further statements
   * @return an expression for the output
   */
  String torchScript(Script script);

  /**
   * Returns the parameters that quantization rounds. Biases and statistics are not among them.
   *
   * @return some of {@link #parameters}' names
   */
  default Set<String> weights() {
    return Set.of();
  }

  /**
   * Tells whether no value of the output is negative.
   *
   * @param inputs whether no value of any input is negative
   * @return false if it is not known
   */
  default boolean isNonNegative(boolean inputs) {
    return false;
  }

  /** {@return whether the operation rounds an activation to quantization steps} */
  default boolean quantizes() {
    return false;
  }

  /**
   * Writes the operation as an integer kernel.
   *
   * @param script names the inputs and parameters
   * @return an expression for the output; empty if there is no such kernel
   */
  default Optional<String> integerKernel(IntegerScript script) {
    return Optional.empty();
  }

  /**
   * Tells whether {@link #torchScript} also works on quantized bytes: each output value is one of
   * the input's, so the output has the input's scale and zero point.
   *
   * @return false if the operation must be computed in floating point or by {@link #integerKernel}
   */
  default boolean picksValues() {
    return false;
  }

  /**
   * Tells whether the output holds means of the input's values, so that it stays in their range.
   *
   * @return whether an integer kernel that reads the output may use the input's scale and zero
   *     point
   */
  default boolean isMean() {
    return false;
  }

  /**
   * Tells whether an integer kernel also computes this operation where it is the only consumer of
   * the kernel's output, see {@link IntegerScript#relu}.
   *
   * @return true for ReLU
   */
  default boolean isFusedByKernels() {
    return false;
  }

  /**
   * Tells whether the output is the first input's memory, so that nobody else may write to it.
   *
   * @param inputs number of inputs
   * @return whether the output is a view
   */
  default boolean isAlias(int inputs) {
    return false;
  }
}
