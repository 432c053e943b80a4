package org.bitgaze.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/** Reads a file's first image with the reader that ImageIO has for it. */
final class PixelReader {
  private static final ImageTypeSpecifier RGB =
      ImageTypeSpecifier.createInterleaved(
          ColorSpace.getInstance(ColorSpace.CS_sRGB),
          new int[] {0, 1, 2},
          DataBuffer.TYPE_BYTE,
          false,
          false);

  private PixelReader() {}

  /**
   * Reads an image as the reader returns it, but in the order red, green, blue where that would be
   * blue, green, red: that saves a copy of the pixels.
   *
   * @throws IOException if the file is damaged or truncated
   */
  static BufferedImage read(byte[] file) throws IOException {
    try (ImageInputStream stream = new ByteArrayImageInputStream(file)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new ImageFormatException("damaged image: its header is not readable");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return read(reader);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage read(ImageReader reader) throws IOException {
    String[] truncated = new String[1];
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          String text = warning.toLowerCase(Locale.ROOT);
          // Other warnings (a stray byte between markers) leave the picture whole.
          if (text.contains("premature end") || text.contains("truncated")) {
            truncated[0] = warning;
          }
        });
    ImageReadParam param = reader.getDefaultReadParam();
    if (wouldReverse(reader)) {
      param.setDestination(RGB.createBufferedImage(reader.getWidth(0), reader.getHeight(0)));
    }
    BufferedImage image = reader.read(0, param);
    if (truncated[0] != null) {
      throw new ImageFormatException("truncated image: " + truncated[0]);
    }
    return image;
  }

  private static boolean wouldReverse(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() && types.next().getBufferedImageType() == BufferedImage.TYPE_3BYTE_BGR;
  }
}
