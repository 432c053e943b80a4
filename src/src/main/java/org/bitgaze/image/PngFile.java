package org.bitgaze.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A PNG file reduced to header, palette and pixels: text, profiles, gamma, transparency and
 * animation do not change the pixels, and each chunk's length is checked before it is believed.
 *
 * @param bits bits of a pixel in the file
 * @param content a PNG file with one chunk of pixels
 */
record PngFile(int width, int height, int bits, byte[] content) implements ImageFile {
  private static final int SIGNATURE = 8;

  /** Length, type and checksum. */
  private static final int CHUNK_OVERHEAD = 12;

  private static final int TRUE_COLOUR = 2;
  private static final int PALETTE = 3;
  private static final int MAX_PALETTE = 3 * 256;

  /** Walks the chunks, however many there are, and joins those of pixels. */
  static PngFile open(byte[] file) throws ImageFormatException {
    ByteBuffer in = ByteBuffer.wrap(file).position(SIGNATURE);
    // The end, and colours of the palette, may be missing.
    ByteBuffer kept = ByteBuffer.allocate(file.length + MAX_PALETTE + 2 * CHUNK_OVERHEAD);
    kept.put(file, 0, SIGNATURE);
    Optional<ByteBuffer> header = Optional.empty();
    int pixels = 0;
    boolean ended = false;
    while (!ended && in.remaining() >= CHUNK_OVERHEAD) {
      int length = in.getInt();
      ByteBuffer name = in.slice(in.position(), 4);
      String type = StandardCharsets.ISO_8859_1.decode(name).toString();
      boolean critical = Character.isUpperCase(type.charAt(0));
      if (length < 0 || length > in.remaining() - 8) {
        if (pixels > 0 && !critical) {
          break;
        }
        throw new ImageFormatException("truncated image: its " + printable(type) + " chunk is cut");
      }
      ByteBuffer data = in.slice(in.position() + 4, length);
      if (critical && in.getInt(in.position() + 4 + length) != checksum(in, length)) {
        throw new ImageFormatException(
            "damaged image: the checksum of its " + printable(type) + " chunk is wrong");
      }
      in.position(in.position() + 8 + length);
      if (header.isPresent() == type.equals("IHDR")) {
        throw new ImageFormatException("damaged image: it does not start with one header");
      }
      switch (type) {
        case "IHDR" -> {
          header = Optional.of(header(data));
          write(kept, type, data);
        }
        case "PLTE" -> {
          if (header.get().get(9) == PALETTE && pixels == 0) {
            // Colours that are missing are black, as in Pillow.
            write(
                kept, type, ByteBuffer.wrap(Arrays.copyOf(bytes(data), 3 << depth(header.get()))));
          }
        }
        case "IDAT" -> {
          if (pixels == 0) {
            kept.putInt(0).put(name.rewind());
          }
          kept.put(data);
          pixels += length;
        }
        case "IEND" -> ended = true;
        default -> {
          // Does not change the pixels.
        }
      }
    }
    if (pixels == 0) {
      throw new ImageFormatException("truncated image: it ends before its pixels");
    }
    int start = kept.position() - pixels - 4;
    kept.putInt(start - 4, pixels).putInt(checksum(kept.duplicate().position(start), pixels));
    write(kept, "IEND", ByteBuffer.allocate(0));
    return new PngFile(
        header.get().getInt(0), header.get().getInt(4), bits(header.get()), kept.array());
  }

  private static ByteBuffer header(ByteBuffer data) throws ImageFormatException {
    if (data.remaining() != 13) {
      throw new ImageFormatException("damaged image: its header is not 13 bytes long");
    }
    return data;
  }

  private static int depth(ByteBuffer header) throws ImageFormatException {
    int depth = header.get(8);
    if (depth < 1 || depth > 16 || Integer.bitCount(depth) != 1) {
      throw new ImageFormatException("damaged image: samples of " + depth + " bits");
    }
    return depth;
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[Math.min(data.remaining(), MAX_PALETTE)];
    data.duplicate().get(bytes);
    return bytes;
  }

  /** Grey and palette have one sample, true colour three, and alpha adds one. */
  private static int bits(ByteBuffer header) {
    int type = header.get(9);
    int samples = (type & TRUE_COLOUR) == 0 || type == PALETTE ? 1 : 3;
    return (header.get(8) & 0xff) * (samples + (type >> 2 & 1));
  }

  private static void write(ByteBuffer out, String type, ByteBuffer data) {
    int length = data.remaining();
    out.putInt(length);
    ByteBuffer checked = out.duplicate();
    out.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(data.duplicate());
    out.putInt(checksum(checked, length));
  }

  /** The checksum of a type and the data behind it. */
  private static int checksum(ByteBuffer at, int length) {
    CRC32 crc = new CRC32();
    crc.update(at.slice(at.position(), 4 + length));
    return (int) crc.getValue();
  }

  private static String printable(String type) {
    return type.matches("[A-Za-z]{4}") ? type : "next";
  }

  @Override
  public double bytesPerPixel() {
    // Red, green and blue of 8 bits are decoded into the result.
    return bits == 24 ? 3 : bits / 8.0 + 3;
  }

  @Override
  public RgbImage decode() throws IOException {
    return Samples.toRgb(PixelReader.read(content));
  }
}
