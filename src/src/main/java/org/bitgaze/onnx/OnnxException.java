package org.bitgaze.onnx;

import org.bitgaze.weights.WeightsException;

/** A file that is no ONNX model, is damaged, or holds what cannot be compiled. */
public final class OnnxException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message file, node, operator and what is wrong
   * @param cause what was thrown, or null
   */
  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
