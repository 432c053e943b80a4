package org.bitgaze.weights;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/**
 * Parts of files that are mapped into memory, each once in this JVM for as long as anybody holds
 * it: several programs of one network share the pages of its file. A file that is cut short while
 * it is mapped ends the process, as it does any program that maps files.
 */
final class MappedRegions {
  /** What is smaller is read: a mapping takes pages of its own. */
  private static final int LEAST = 1 << 20;

  private static final Map<Region, WeakReference<ByteBuffer>> REGIONS = new HashMap<>();

  private MappedRegions() {}

  /** A part of a file as it was when it was mapped. */
  private record Region(FileState file, long position, int length) {}

  /**
   * A file as it was when it was opened. Two files of one network are as large, and may be as old:
   * where the system tells files apart (its key is not null), a file that took another's place is
   * another.
   */
  record FileState(Path file, long size, FileTime modified, Object key) {
    static FileState of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileState(
          file.toAbsolutePath(), now.size(), now.lastModifiedTime(), now.fileKey());
    }
  }

  /**
   * Tells whether a part of a file is worth a mapping, and can be read as floats where it lies.
   *
   * @param position of its first byte
   * @param length in bytes
   * @return whether it is large, aligned, and in this machine's byte order
   */
  static boolean suits(long position, long length) {
    return length >= LEAST
        && length <= Integer.MAX_VALUE - 8
        && position % Float.BYTES == 0
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * Maps a part of a file.
   *
   * @param channel the open file
   * @param file what it was when it was opened
   * @param position of the first byte; the caller knows that all bytes are in the file
   * @param length in bytes
   * @return the bytes, not to be written to
   * @throws IOException if the file cannot be mapped
   */
  static ByteBuffer map(FileChannel channel, FileState file, long position, int length)
      throws IOException {
    Region region = new Region(file, position, length);
    synchronized (REGIONS) {
      REGIONS.values().removeIf(known -> known.get() == null);
      WeakReference<ByteBuffer> known = REGIONS.get(region);
      ByteBuffer bytes = known == null ? null : known.get();
      if (bytes == null) {
        bytes = channel.map(FileChannel.MapMode.READ_ONLY, position, length);
        REGIONS.put(region, new WeakReference<>(bytes));
      }
      return bytes;
    }
  }
}
