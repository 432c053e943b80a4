package org.bitgaze.network.op;

/**
 * What quantization does to an operation's output where each module is quantized by itself, as
 * PyTorch does with a module that it finds in no pattern to fuse.
 */
public enum UnfusedRole {
  /** Nothing: functions, and modules that only move or clamp values. */
  NONE,
  /** The output is a quantization point, whatever follows. */
  POINT,
  /**
   * The output is a quantization point whose integers are fixed, for its range is known: [0, 1) in
   * steps of 1/256, in any number of bits (PyTorch's {@code FixedQParamsObserver}).
   */
  FIXED_POINT
}
