package org.bitgaze.image;

import java.io.IOException;

/**
 * Thrown when a file is not an image that can be decoded; the message gives the reason in one line.
 */
public final class ImageFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message why the file cannot be decoded
   */
  public ImageFormatException(String message) {
    super(message);
  }
}
