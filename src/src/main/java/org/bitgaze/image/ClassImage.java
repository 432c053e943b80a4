package org.bitgaze.image;

/**
 * An image whose pixels are numbers of classes: grey values, or indices of a palette.
 *
 * @param height in pixels
 * @param width in pixels
 * @param classes numbers from 0 to 255, row by row, as unsigned bytes
 */
public record ClassImage(int height, int width, byte[] classes) {
  private static final int MAX_CLASS = 255;

  /**
   * Reads a file.
   *
   * @param file its content
   * @return the classes
   * @throws ImageFormatException if it cannot be read, is a JPEG or WebP file, or has colours or
   *     numbers above 255
   */
  public static ClassImage read(byte[] file) throws ImageFormatException {
    if (MaskImage.mayBeLossy(file)) {
      throw new ImageFormatException("JPEG and WebP may change class numbers: save it as PNG");
    }
    MaskImage image = MaskImage.decode(file);
    if (image.kind() == MaskImage.Kind.COLOUR) {
      throw new ImageFormatException("it has colours, not class numbers: save it grey or indexed");
    }
    byte[] classes = new byte[image.pixels()];
    for (int i = 0; i < classes.length; i++) {
      int number = image.values()[i];
      if (number < 0 || number > MAX_CLASS) {
        throw new ImageFormatException("it has the class " + number + "; the last one is 255");
      }
      classes[i] = (byte) number;
    }
    return new ClassImage(image.height(), image.width(), classes);
  }
}
