package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Little-endian bytes of files. */
public final class Bytes {
  /**
   * The most bytes that are held in one buffer: as many as there can be, but for some to align it.
   */
  public static final int MOST = Integer.MAX_VALUE - 1023;

  /** The JDK reads into the heap by way of memory outside it, as large as what is read at once. */
  private static final int AT_ONCE = 1 << 20;

  private Bytes() {}

  /** Wraps an array. */
  static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads exactly so many bytes, which the caller knows to be in the file.
   *
   * @param channel the open file
   * @param file its path, for messages
   * @param position of the first byte
   * @param length in bytes
   * @return the bytes, in the heap and little-endian
   * @throws WeightsException if the file has become shorter
   * @throws IOException if it cannot be read
   */
  public static ByteBuffer read(FileChannel channel, Path file, long position, int length)
      throws IOException {
    return fill(ByteBuffer.allocate(length), channel, file, position);
  }

  /** Fills a buffer from the position on with bytes that the caller knows to be in the file. */
  static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, Path file, long position)
      throws IOException {
    int end = buffer.limit();
    while (buffer.position() < end) {
      buffer.limit(Math.min(end, buffer.position() + AT_ONCE));
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new WeightsException(file + ": ends at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
