package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node of a network computes, with all that is to be known of it: its parameters, the shape
 * of its output, its cost, its TorchScript and its role in quantization. Operations are values:
 * they hold sizes and options, never tensors. Images are NCHW.
 *
 * <p>A new operation is a new class here (and its meaning in plain Java in the tests); passes,
 * shapes and compilers ask these methods and know no list of operations.
 */
public interface Op {

  /**
   * The parameters the operation reads, by PyTorch's local names.
   *
   * @return local name (such as {@code weight}) to shape, in PyTorch's order
   */
  default Map<String, int[]> parameters() {
    return Map.of();
  }

  /**
   * Infers the shape of the output for one image.
   *
   * @param inputs shapes of the inputs without the batch dimension: (channels, height, width) or
   *     (features)
   * @return the output's shape, likewise; a size below 1 says that the image is too small
   * @throws IllegalArgumentException if the inputs do not fit, saying what was expected and found
   */
  int[] outputShape(List<int[]> inputs);

  /**
   * Counts the cost of one image.
   *
   * @param inputs shapes of the inputs, as {@link #outputShape} takes them
   * @return multiplications with addition in matrix products; element-wise work does not count
   */
  default long multiplyAdds(List<int[]> inputs) {
    return 0;
  }

  /**
   * Writes the operation in the form that {@code torch.jit} serializes.
   *
   * @param script where the inputs and parameters are, and further statements go
   * @return an expression for the output
   */
  String torchScript(Script script);

  /**
   * Returns which of the parameters are weights, which quantization rounds; biases and statistics
   * are none.
   *
   * @return some of {@link #parameters}' names
   */
  default Set<String> weights() {
    return Set.of();
  }

  /**
   * Returns what quantization does at this operation.
   *
   * @return {@link QuantizationRole#NONE} unless the operation says otherwise
   */
  default QuantizationRole quantizationRole() {
    return QuantizationRole.NONE;
  }

  /**
   * Returns what quantization does at this operation where nothing is fused.
   *
   * @return {@link UnfusedRole#NONE} unless the operation says otherwise
   */
  default UnfusedRole unfusedRole() {
    return UnfusedRole.NONE;
  }

  /**
   * Writes the operation as an integer kernel.
   *
   * @param script where the inputs and parameters are
   * @return an expression for the output; nothing where there is no such kernel
   */
  default Optional<String> integerKernel(IntegerScript script) {
    return Optional.empty();
  }

  /**
   * Tells whether {@link #torchScript} is the same function on bytes: it picks some of the input's
   * values, so that the output has the input's scale and zero point.
   *
   * @return false where it must be computed in floating point, or by {@link #integerKernel}
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
   * Tells whether the operation rounds its input to the steps of an integer precision.
   *
   * @return true for fake quantization
   */
  default boolean quantizes() {
    return false;
  }

  /**
   * Tells whether the output is the first input's memory, so that nobody else may write to it.
   *
   * @param inputs number of inputs
   * @return whether no memory of its own is made
   */
  default boolean isAlias(int inputs) {
    return false;
  }
}
