package org.bitgaze.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first directory of a TIFF or BigTIFF file: the tags of its first image.
 *
 * @see <a href="https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf">TIFF 6.0</a>
 */
final class TiffDirectory {
  /** No tag that is read here has more values. */
  private static final int MAX_VALUES = 16;

  private final ByteBuffer in;
  private final boolean big;
  private final int entries;
  private final int count;

  /**
   * Finds the directory.
   *
   * @throws ImageFormatException if it does not lie within the file
   */
  TiffDirectory(byte[] file) throws ImageFormatException {
    in =
        ByteBuffer.wrap(file)
            .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    big = file.length > 2 && in.getShort(2) == 43;
    int at = position(big ? 8 : 4);
    require(at, big ? 8 : 2);
    long found = big ? in.getLong(at) : in.getShort(at) & 0xffff;
    entries = at + (big ? 8 : 2);
    if (found < 1 || found > 0xffff) {
      throw new ImageFormatException("damaged image: " + found + " TIFF tags");
    }
    count = (int) found;
    require(entries, count * entrySize());
  }

  private int entrySize() {
    return big ? 20 : 12;
  }

  /**
   * Returns a tag's values.
   *
   * @param tag its number
   * @param otherwise what stands for a missing tag
   * @return unsigned integers
   * @throws ImageFormatException if they are not integers, or do not lie within the file
   */
  long[] values(int tag, long... otherwise) throws ImageFormatException {
    int entry = find(tag);
    if (entry < 0) {
      return otherwise;
    }
    int size = sizeOf(in.getShort(entry + 2) & 0xffff, tag);
    long length = big ? in.getLong(entry + 4) : in.getInt(entry + 4) & 0xffffffffL;
    if (length < 1 || length > MAX_VALUES) {
      throw new ImageFormatException(
          "damaged image: TIFF tag " + tag + " has " + length + " values");
    }
    int value = entry + (big ? 12 : 8);
    int at = size * length <= (big ? 8 : 4) ? value : position(value);
    require(at, size * (int) length);
    long[] values = new long[(int) length];
    for (int i = 0; i < values.length; i++) {
      values[i] = unsigned(at + i * size, size);
    }
    return values;
  }

  /**
   * Returns a tag's first value.
   *
   * @throws ImageFormatException as {@link #values} says it
   */
  long value(int tag, long otherwise) throws ImageFormatException {
    return values(tag, otherwise)[0];
  }

  /** Renames a tag, so that no reader finds it. */
  void hide(int tag, int privateTag) {
    int entry = find(tag);
    if (entry >= 0) {
      in.putShort(entry, (short) privateTag);
    }
  }

  /** Where an entry begins, or a negative number. */
  private int find(int tag) {
    for (int i = 0; i < count; i++) {
      int at = entries + i * entrySize();
      if ((in.getShort(at) & 0xffff) == tag) {
        return at;
      }
    }
    return -1;
  }

  private static int sizeOf(int type, int tag) throws ImageFormatException {
    return switch (type) {
      case 1 -> 1;
      case 3 -> 2;
      case 4 -> 4;
      case 16 -> 8;
      default ->
          throw new ImageFormatException(
              "damaged image: TIFF tag " + tag + " has type " + type + ", not an integer's");
    };
  }

  private long unsigned(int at, int size) {
    return switch (size) {
      case 1 -> in.get(at) & 0xff;
      case 2 -> in.getShort(at) & 0xffff;
      case 4 -> in.getInt(at) & 0xffffffffL;
      default -> in.getLong(at);
    };
  }

  /** Reads an offset. */
  private int position(int at) throws ImageFormatException {
    require(at, big ? 8 : 4);
    long position = big ? in.getLong(at) : in.getInt(at) & 0xffffffffL;
    if (position < 0 || position > in.limit()) {
      throw new ImageFormatException("truncated image: its tags lie behind its end");
    }
    return (int) position;
  }

  private void require(int at, int bytes) throws ImageFormatException {
    if (at > in.limit() - bytes) {
      throw new ImageFormatException("truncated image: its tags pass its end");
    }
  }
}
