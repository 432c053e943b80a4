package org.bitgaze.onnx.file;

import org.bitgaze.weights.WeightsException;

/** A file that is not an ONNX model, is damaged, or holds what is not supported. */
public final class OnnxException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message file, node, operator and the problem
   * @param cause the cause, or null
   */
  public OnnxException(String message, Throwable cause) {
    super(message, cause);
  }
}
