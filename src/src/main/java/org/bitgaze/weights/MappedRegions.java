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
import java.util.Optional;

/**
 * Parts of files that are mapped into memory, each once in this JVM for as long as anybody holds
 * it: several programs of one network share the pages of its file. What does not lie where floats
 * can be read (PyTorch's older format aligns nothing) is copied, as often. A file that is cut short
 * while it is mapped ends the process, as it does any program that maps files.
 */
final class MappedRegions {
  /** What is smaller is read: a mapping takes pages of its own. */
  private static final int LEAST = 1 << 20;

  private static final Map<Region, Mapping> REGIONS = new HashMap<>();

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

  /** A part that is mapped for as long as somebody holds it, and what is known of its content. */
  private static final class Mapping extends WeakReference<ByteBuffer> {
    private boolean finite;

    Mapping(ByteBuffer bytes) {
      super(bytes);
    }
  }

  /** Checks floats. */
  @FunctionalInterface
  interface Check {
    void of(ByteBuffer floats) throws WeightsException;
  }

  /**
   * Checks floats once for as long as they are mapped: a program reads what another has checked.
   *
   * @param bytes what {@link #map} returned, or any other
   * @param check throws if one is not finite
   */
  static void requireFinite(ByteBuffer bytes, Check check) throws WeightsException {
    Optional<Mapping> mapping;
    synchronized (REGIONS) {
      mapping = REGIONS.values().stream().filter(known -> known.refersTo(bytes)).findFirst();
    }
    if (mapping.isEmpty()) {
      check.of(bytes);
      return;
    }
    synchronized (mapping.get()) {
      if (!mapping.get().finite) {
        check.of(bytes);
        mapping.get().finite = true;
      }
    }
  }

  /**
   * Maps a part of a file that is worth it.
   *
   * @param channel the open file
   * @param file what it was when it was opened
   * @param position of the first byte; the caller knows that all bytes are in the file
   * @param length in bytes
   * @return the bytes, not to be written to, at an address where floats can be; nothing where they
   *     are few, too many for a buffer, or not in this machine's byte order
   * @throws IOException if the file cannot be mapped
   */
  static Optional<ByteBuffer> map(FileChannel channel, FileState file, long position, long length)
      throws IOException {
    if (length < LEAST
        || length > Integer.MAX_VALUE - 8
        || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      return Optional.empty();
    }
    Region region = new Region(file, position, (int) length);
    synchronized (REGIONS) {
      REGIONS.values().removeIf(known -> known.get() == null);
      Mapping known = REGIONS.get(region);
      ByteBuffer bytes = known == null ? null : known.get();
      if (bytes == null) {
        bytes =
            position % Float.BYTES == 0
                ? channel.map(FileChannel.MapMode.READ_ONLY, position, length)
                : Bytes.fill(
                    ByteBuffer.allocateDirect((int) length), channel, file.file(), position);
        REGIONS.put(region, new Mapping(bytes));
      }
      return Optional.of(bytes);
    }
  }
}
