package org.bitgaze.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A BMP file.
 *
 * @param bits bits of a pixel in the file
 */
record BmpFile(int width, int height, int bits, byte[] content) implements ImageFile {
  /** The length of the header of OS/2, whose sizes have 16 bits. */
  private static final int OS2 = 12;

  static BmpFile open(byte[] file) throws ImageFormatException {
    if (file.length < 30) {
      throw new ImageFormatException("truncated image: it ends in its header");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(14) == OS2) {
      return new BmpFile(
          in.getShort(18) & 0xffff, in.getShort(20) & 0xffff, in.getShort(24) & 0xffff, file);
    }
    int compression = file.length < 34 ? 0 : in.getInt(30);
    if (compression == 4 || compression == 5) {
      throw new ImageFormatException("a BMP file with an embedded JPEG or PNG is not supported");
    }
    // A negative height says that the first row is the top one.
    return new BmpFile(in.getInt(18), Math.abs(in.getInt(22)), in.getShort(28) & 0xffff, file);
  }

  @Override
  public double bytesPerPixel() {
    return bits / 8.0 + 3;
  }

  @Override
  public RgbImage decode() throws IOException {
    return Samples.toRgb(PixelReader.read(content));
  }
}
