package org.bitgaze.image;

/** Paints the frame of an animation on its canvas. */
final class Canvas {
  private Canvas() {}

  /**
   * Paints a frame.
   *
   * @param canvas the background, which is painted on
   * @param frame lies within the canvas
   * @param left where the frame starts, in pixels
   * @param top where the frame starts, in pixels
   * @return the canvas
   */
  static RgbImage paint(RgbImage canvas, RgbImage frame, int left, int top) {
    int row = 3 * frame.width();
    for (int y = 0; y < frame.height(); y++) {
      int to = 3 * ((top + y) * canvas.width() + left);
      System.arraycopy(frame.pixels(), y * row, canvas.pixels(), to, row);
    }
    return canvas;
  }
}
