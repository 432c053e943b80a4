package org.bitgaze.network.op;

/** What quantization does to an operation's output where neighbours are fused. */
public enum QuantizationRole {
  /** Nothing: the output has the input's values, or some of them, or their mean. */
  NONE,
  /** The output is a quantization point. */
  POINT,
  /**
   * The output is a quantization point, which moves behind an {@link #ACTIVATION} that alone takes
   * it: integer kernels compute both at once.
   */
  FUSABLE,
  /** May take the point of a {@link #FUSABLE} operation; has none of its own. */
  ACTIVATION
}
