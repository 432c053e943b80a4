package org.bitgaze.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first frame of a GIF file, painted on its canvas: the screen, enlarged to hold the frame.
 * Around the frame the canvas has the transparent colour, or else the palette's first one, as in
 * Pillow.
 *
 * @param left where the frame starts
 * @param top where the frame starts
 * @param frameWidth width of the frame in pixels
 * @param frameHeight height of the frame in pixels
 * @param background index of the canvas's colour in the palette
 * @param palette red, green and blue of each colour
 * @param interlaced whether the frame's rows come in four passes
 * @param data starts at the frame's compressed pixels
 */
record GifFile(
    int width,
    int height,
    int left,
    int top,
    int frameWidth,
    int frameHeight,
    int background,
    byte[] palette,
    boolean interlaced,
    ByteBuffer data)
    implements ImageFile {
  private static final int HEADER = 13;
  private static final int DESCRIPTOR = 9;
  private static final int IMAGE = 0x2c;
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int TRAILER = 0x3b;

  private static final int INTERLACED = 0x40;
  private static final int[] FIRST_ROWS = {0, 4, 2, 1};
  private static final int[] ROW_STEPS = {8, 8, 4, 2};

  /** Walks the blocks up to the first frame, however many there are. */
  static GifFile open(byte[] file) throws ImageFormatException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    require(in, HEADER);
    in.position(HEADER);
    byte[] palette = palette(in, in.get(HEADER - 3));
    int background = 0;
    while (true) {
      require(in, 2);
      int block = in.get() & 0xff;
      if (block == IMAGE) {
        return frame(in, palette, background);
      }
      if (block == TRAILER) {
        throw new ImageFormatException("damaged image: GIF without a frame");
      }
      if (block == EXTENSION) {
        boolean control = (in.get() & 0xff) == GRAPHIC_CONTROL;
        int at = in.position();
        skipBlocks(in);
        if (control && in.position() - at > 5) {
          background = (in.get(at + 1) & 1) != 0 ? in.get(at + 4) & 0xff : 0;
        }
      }
    }
  }

  private static GifFile frame(ByteBuffer in, byte[] global, int background)
      throws ImageFormatException {
    require(in, DESCRIPTOR);
    int left = in.getShort() & 0xffff;
    int top = in.getShort() & 0xffff;
    int width = in.getShort() & 0xffff;
    int height = in.getShort() & 0xffff;
    byte flags = in.get();
    byte[] local = palette(in, flags);
    byte[] palette = local.length > 0 ? local : global;
    if (palette.length == 0) {
      throw new ImageFormatException("GIF without a palette is not supported");
    }
    ImageDecoder.checkSize(width, height);
    return new GifFile(
        Math.max(in.getShort(6) & 0xffff, left + width),
        Math.max(in.getShort(8) & 0xffff, top + height),
        left,
        top,
        width,
        height,
        background,
        palette,
        (flags & INTERLACED) != 0,
        in);
  }

  /** Reads 2 to 256 colours, or none: the highest bit of the flags says whether there are some. */
  private static byte[] palette(ByteBuffer in, byte flags) throws ImageFormatException {
    byte[] palette = new byte[flags < 0 ? 3 << (flags & 7) + 1 : 0];
    require(in, palette.length);
    in.get(palette);
    return palette;
  }

  private static void skipBlocks(ByteBuffer in) throws ImageFormatException {
    int length;
    do {
      require(in, 1);
      length = in.get() & 0xff;
      require(in, length);
      in.position(in.position() + length);
    } while (length > 0);
  }

  private static void require(ByteBuffer in, int bytes) throws ImageFormatException {
    if (in.remaining() < bytes) {
      throw new ImageFormatException("truncated image: it ends before its first frame");
    }
  }

  @Override
  public double bytesPerPixel() {
    return 1 + 3;
  }

  @Override
  public RgbImage decode() throws ImageFormatException {
    byte[] indices = new byte[frameWidth * frameHeight];
    new GifPixels(data.duplicate()).read(indices);
    byte[] canvas = new byte[3 * width * height];
    if (indices.length < width * height) {
      for (int i = 0; i < canvas.length; i += 3) {
        paint(background, canvas, i);
      }
    }
    int row = 0;
    for (int pass = 0; pass < (interlaced ? FIRST_ROWS.length : 1); pass++) {
      int step = interlaced ? ROW_STEPS[pass] : 1;
      for (int y = FIRST_ROWS[pass]; y < frameHeight; y += step, row++) {
        for (int x = 0; x < frameWidth; x++) {
          int to = 3 * ((top + y) * width + left + x);
          paint(indices[row * frameWidth + x] & 0xff, canvas, to);
        }
      }
    }
    return new RgbImage(height, width, canvas);
  }

  /** Colours that the palette lacks are black. */
  private void paint(int index, byte[] canvas, int to) {
    for (int k = 0; k < 3; k++) {
      canvas[to + k] = 3 * index < palette.length ? palette[3 * index + k] : 0;
    }
  }
}
