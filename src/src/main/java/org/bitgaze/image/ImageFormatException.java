package org.bitgaze.image;

import java.io.IOException;

/** A file that is no readable image; the message says why in one line. */
public final class ImageFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message why the file cannot be read
   */
  public ImageFormatException(String message) {
    super(message);
  }
}
