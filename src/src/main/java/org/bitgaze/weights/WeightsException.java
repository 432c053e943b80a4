package org.bitgaze.weights;

import java.io.IOException;

/** Weights that are missing, damaged or of another shape; the message names the file and tensor. */
public class WeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message one line that names the file, the tensor, what was expected and what was found
   */
  public WeightsException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one line that names the file, the tensor, what was expected and what was found
   * @param cause what the file's reader said
   */
  public WeightsException(String message, Throwable cause) {
    super(message, cause);
  }
}
