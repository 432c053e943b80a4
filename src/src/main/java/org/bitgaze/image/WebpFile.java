package org.bitgaze.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageReader;

/**
 * A WebP file, decoded by libwebp. Of an animation the first frame, on a canvas that is black
 * around it.
 *
 * @param animated whether it is the first frame of an animation
 * @param left where the first frame starts on the canvas; 0 without animation
 * @param top where the first frame starts on the canvas; 0 without animation
 * @param content a WebP file without animation
 */
record WebpFile(int width, int height, boolean animated, int left, int top, byte[] content)
    implements ImageFile {
  private static final int HEADER = 12;
  private static final int ANIMATED = 2;
  private static final int ALPHA = 16;

  /** A frame's place, size, duration and flags, before its chunks. */
  private static final int FRAME_HEADER = 16;

  /** Reads the size, and finds the first frame of an animation, however many chunks there are. */
  static WebpFile open(byte[] file) throws ImageFormatException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long end = 8 + (in.getInt(4) & 0xffffffffL);
    if (end > file.length || file.length < HEADER + 18) {
      throw new ImageFormatException(
          "truncated image: %d of %d bytes".formatted(file.length, Math.max(end, HEADER + 18)));
    }
    in.limit((int) end);
    if (in.limit() < HEADER + 18) {
      throw new ImageFormatException("damaged image: it ends in its header");
    }
    switch (type(in, HEADER)) {
      case "VP8 " -> {
        return still(in.getShort(26) & 0x3fff, in.getShort(28) & 0x3fff, file);
      }
      case "VP8L" -> {
        int bits = in.getInt(21);
        return still((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, file);
      }
      case "VP8X" -> {
        int width = int24(in, 24) + 1;
        int height = int24(in, 27) + 1;
        return (in.get(20) & ANIMATED) == 0
            ? still(width, height, file)
            : firstFrame(in.position(HEADER), width, height);
      }
      default -> throw new ImageFormatException("damaged image: a WebP file without a picture");
    }
  }

  private static WebpFile still(int width, int height, byte[] file) {
    return new WebpFile(width, height, false, 0, 0, file);
  }

  private static WebpFile firstFrame(ByteBuffer in, int width, int height)
      throws ImageFormatException {
    find(in, "ANIM").orElseThrow(() -> new ImageFormatException("damaged image: no ANIM chunk"));
    ByteBuffer frame =
        find(in, "ANMF")
            .filter(f -> f.remaining() > FRAME_HEADER)
            .orElseThrow(() -> new ImageFormatException("damaged image: no frame"));
    int left = 2 * int24(frame, 0);
    int top = 2 * int24(frame, 3);
    int frameWidth = int24(frame, 6) + 1;
    int frameHeight = int24(frame, 9) + 1;
    if ((long) left + frameWidth > width || (long) top + frameHeight > height) {
      throw new ImageFormatException("damaged image: its first frame exceeds the canvas");
    }
    ByteBuffer chunks = frame.position(FRAME_HEADER).slice();
    ByteBuffer content =
        ByteBuffer.allocate(30 + chunks.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    content.put(ascii("RIFF")).putInt(22 + chunks.remaining()).put(ascii("WEBPVP8X")).putInt(10);
    content.putInt(find(chunks.duplicate(), "ALPH").isPresent() ? ALPHA : 0);
    put24(content, frameWidth - 1);
    put24(content, frameHeight - 1);
    content.put(chunks);
    return new WebpFile(width, height, true, left, top, content.array());
  }

  /** Finds the next chunk of a type, and moves behind it. */
  private static Optional<ByteBuffer> find(ByteBuffer in, String type) throws ImageFormatException {
    in.order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= 8) {
      String found = type(in, in.position());
      long length = in.getInt(in.position() + 4) & 0xffffffffL;
      if (length > in.remaining() - 8) {
        throw new ImageFormatException("truncated image: a chunk passes its end");
      }
      ByteBuffer data = in.slice(in.position() + 8, (int) length).order(ByteOrder.LITTLE_ENDIAN);
      // Chunks are padded to an even length.
      in.position(Math.min(in.limit(), in.position() + 8 + (int) length + (int) (length & 1)));
      if (found.equals(type)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  private static String type(ByteBuffer in, int at) {
    return StandardCharsets.ISO_8859_1.decode(in.slice(at, 4)).toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int int24(ByteBuffer in, int at) {
    return in.getShort(at) & 0xffff | (in.get(at + 2) & 0xff) << 16;
  }

  private static void put24(ByteBuffer out, int value) {
    out.putShort((short) value).put((byte) (value >> 16));
  }

  @Override
  public double bytesPerPixel() {
    return 4 + 3 + (animated ? 3 : 0);
  }

  @Override
  public RgbImage decode() throws IOException {
    RgbImage frame = toRgb(read());
    boolean whole = frame.width() == width && frame.height() == height;
    if (whole) {
      return frame;
    }
    RgbImage black = new RgbImage(height, width, new byte[3 * width * height]);
    return Canvas.paint(black, frame, left, top);
  }

  /**
   * Decodes the alpha channel of a picture without animation.
   *
   * @return alpha of each pixel, 0 to 255; empty if all are opaque
   */
  Optional<int[]> alpha() throws IOException {
    BufferedImage image = animated ? null : read();
    if (image == null || !image.getColorModel().hasAlpha()) {
      return Optional.empty();
    }
    int[] colours = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    int[] alpha = Arrays.stream(colours).map(colour -> colour >>> 24).toArray();
    return Arrays.stream(alpha).allMatch(a -> a == 255) ? Optional.empty() : Optional.of(alpha);
  }

  private BufferedImage read() throws IOException {
    ImageReader reader = Libwebp.reader();
    try {
      reader.setInput(new ByteArrayImageInputStream(content), true, true);
      return reader.read(0);
    } catch (RuntimeException e) {
      throw new ImageFormatException("damaged image: libwebp cannot decode it");
    } catch (OutOfMemoryError e) {
      if (e.getMessage() != null) {
        throw e;
      }
      // A status of libwebp, which it has for some damaged files, too; the JVM's own error has a
      // message.
      throw new ImageFormatException("damaged image: libwebp cannot allocate its pixels");
    } catch (LinkageError e) {
      throw new ImageFormatException("libwebp cannot be loaded on this machine: " + e);
    } finally {
      reader.dispose();
    }
  }

  /** The samples as they are, whatever alpha says. */
  private static RgbImage toRgb(BufferedImage image) {
    int[] colours = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    byte[] rgb = new byte[3 * colours.length];
    int out = 0;
    for (int colour : colours) {
      rgb[out++] = (byte) (colour >> 16);
      rgb[out++] = (byte) (colour >> 8);
      rgb[out++] = (byte) colour;
    }
    return new RgbImage(image.getHeight(), image.getWidth(), rgb);
  }
}
