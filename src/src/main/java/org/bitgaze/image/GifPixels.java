package org.bitgaze.image;

import java.nio.ByteBuffer;

/**
 * Decompresses a GIF frame. Unlike the JDK's reader it does not take a frame that ends early for a
 * picture.
 *
 * @see <a href="https://www.w3.org/Graphics/GIF/spec-gif89a.txt">GIF89a, appendix F</a>
 */
final class GifPixels {
  private static final int MAX_CODES = 1 << 12;

  private final ByteBuffer in;

  /** The code of all but the last pixel of a code's string, and the last pixel. */
  private final int[] prefix = new int[MAX_CODES];

  private final byte[] last = new byte[MAX_CODES];
  private final int[] length = new int[MAX_CODES];

  private int bits;
  private int available;
  private int block;

  /**
   * Creates a decompressor.
   *
   * @param in starts at the frame's compressed pixels
   */
  GifPixels(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Reads all pixels.
   *
   * @param indices where they go, in the file's order
   * @throws ImageFormatException if there are fewer, or a code is wrong
   */
  void read(byte[] indices) throws ImageFormatException {
    int smallest = nextByte();
    if (smallest < 1 || smallest > 8) {
      throw new ImageFormatException("damaged image: pixels of " + smallest + " bits");
    }
    int clear = 1 << smallest;
    for (int i = 0; i < clear; i++) {
      last[i] = (byte) i;
      length[i] = 1;
    }
    int codes = clear + 2;
    int width = smallest + 1;
    int previous = -1;
    int out = 0;
    while (out < indices.length) {
      int code = nextCode(width);
      if (code == clear) {
        codes = clear + 2;
        width = smallest + 1;
        previous = -1;
        continue;
      }
      boolean known = code < clear || (code > clear + 1 && code < codes);
      if (code == clear + 1 || (!known && (previous < 0 || code != codes))) {
        throw new ImageFormatException(
            "damaged image: its frame ends after %d of %d pixels".formatted(out, indices.length));
      }
      if (previous >= 0 && codes < MAX_CODES) {
        prefix[codes] = previous;
        last[codes] = last[first(known ? code : previous)];
        length[codes] = length[previous] + 1;
        codes++;
        if (codes == 1 << width && width < 12) {
          width++;
        }
      }
      int end = out + length[code];
      for (int at = end - 1, c = code; at >= out; at--, c = prefix[c]) {
        if (at < indices.length) {
          indices[at] = last[c];
        }
      }
      out = end;
      previous = code;
    }
  }

  /** The code of the first pixel of a code's string. */
  private int first(int code) {
    int c = code;
    while (length[c] > 1) {
      c = prefix[c];
    }
    return c;
  }

  private int nextCode(int width) throws ImageFormatException {
    while (available < width) {
      if (block == 0) {
        block = nextByte();
        if (block == 0) {
          throw new ImageFormatException("truncated image: its frame ends early");
        }
      }
      bits |= nextByte() << available;
      available += 8;
      block--;
    }
    int code = bits & (1 << width) - 1;
    bits >>>= width;
    available -= width;
    return code;
  }

  private int nextByte() throws ImageFormatException {
    if (!in.hasRemaining()) {
      throw new ImageFormatException("truncated image: its frame is cut");
    }
    return in.get() & 0xff;
  }
}
