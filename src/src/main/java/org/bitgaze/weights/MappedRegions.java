package org.bitgaze.weights;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
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
 * it: several programs of one network share the pages of its file. What does not lie at a multiple
 * of 64 bytes, as PyTorch's zip files have it, is copied there, as often: libraries for matrices
 * add in another order elsewhere, so last bits would depend on the format of a file. So is what has
 * half precision, which becomes floats. A file that is cut short while it is mapped ends the
 * process, as it does any program that maps files.
 */
public final class MappedRegions {
  /** What is smaller is read: a mapping takes pages of its own. */
  private static final int LEAST = 1 << 20;

  /** What a buffer holds. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  /** The bits of infinity. */
  private static final int INFINITE = 0x7f800000;

  private static final int CHUNK = 1 << 13;

  private static final Map<Region, Mapping> REGIONS = new HashMap<>();

  private MappedRegions() {}

  /** A part of a file as it was when it was mapped, and what its bytes are. */
  private record Region(FileState file, long position, int length, Dtype dtype) {}

  /**
   * A file as it was when it was opened. Two files of one network are as large, and may be as old:
   * where the system tells files apart (its key is not null), a file that took another's place is
   * another.
   *
   * @param file its absolute path
   * @param size in bytes
   * @param modified when it was last written to
   * @param key what the system knows it by; may be null
   */
  public record FileState(Path file, long size, FileTime modified, Object key) {
    /**
     * Looks at a file.
     *
     * @param file before it is opened
     * @return what it is now
     * @throws IOException if it is not there
     */
    public static FileState of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileState(
          file.toAbsolutePath(), now.size(), now.lastModifiedTime(), now.fileKey());
    }
  }

  /** A part that is in memory for as long as somebody holds it, and what is known of it. */
  private static final class Mapping extends WeakReference<ByteBuffer> {
    private final long address;
    private boolean finite;

    Mapping(ByteBuffer bytes) {
      super(bytes);
      address = MappedRegions.address(bytes);
    }
  }

  /**
   * Maps a part of a file that is worth it.
   *
   * @param channel the open file
   * @param file what it was when it was opened
   * @param position of the first byte; the caller knows that all bytes are in the file
   * @param length in bytes
   * @return the bytes, direct, not to be written to, at a multiple of 64 bytes; nothing where they
   *     are fewer than 2^20, too many for a buffer, or not in this machine's byte order
   * @throws IOException if the file cannot be mapped
   */
  public static Optional<ByteBuffer> map(
      FileChannel channel, FileState file, long position, long length) throws IOException {
    return floats(channel, file, position, length, Dtype.F32);
  }

  /** The same as floats, whatever they are in the file. */
  static Optional<ByteBuffer> floats(
      FileChannel channel, FileState file, long position, long length, Dtype dtype)
      throws IOException {
    long bytes = length / dtype.width() * Float.BYTES;
    if (bytes < LEAST || bytes > MOST || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      return Optional.empty();
    }
    Region region = new Region(file, position, (int) length, dtype);
    synchronized (REGIONS) {
      Optional<ByteBuffer> known = known(region);
      return known.isPresent() ? known : Optional.of(keep(region, read(channel, region)));
    }
  }

  private static ByteBuffer read(FileChannel channel, Region region) throws IOException {
    Path file = region.file().file();
    if (region.dtype() == Dtype.F32) {
      return region.position() % NativeMemory.ALIGNMENT == 0
          ? channel.map(FileChannel.MapMode.READ_ONLY, region.position(), region.length())
          : Bytes.fill(NativeMemory.allocate(region.length()), channel, file, region.position());
    }
    ByteBuffer bytes =
        NativeMemory.allocate(region.length() / region.dtype().width() * Float.BYTES);
    FloatBuffer floats = bytes.asFloatBuffer();
    for (int at = 0; at < region.length(); at += LEAST) {
      int part = Math.min(LEAST, region.length() - at);
      floats.put(region.dtype().toFloats(Bytes.read(channel, file, region.position() + at, part)));
    }
    return bytes;
  }

  /**
   * Finds floats within a part of a file that is mapped already.
   *
   * @param bytes from position to limit: those of a mapped buffer, or any other
   * @return the same, as {@link #map} has them; nothing where it would have nothing, or where these
   *     lie in no part that was mapped
   */
  public static Optional<ByteBuffer> find(ByteBuffer bytes) {
    ByteBuffer slice = bytes.slice();
    int length = slice.remaining();
    if (!slice.isDirect() || length < LEAST) {
      return Optional.empty();
    }
    long address = address(slice);
    synchronized (REGIONS) {
      Optional<Region> region = region(address, length);
      if (region.isEmpty()) {
        return Optional.empty();
      }
      return known(region.get())
          .or(
              () ->
                  Optional.of(
                      keep(
                          region.get(),
                          address % NativeMemory.ALIGNMENT == 0
                              ? slice
                              : NativeMemory.allocate(length).put(slice).flip())));
    }
  }

  private static Optional<Region> region(long address, int length) {
    return REGIONS.entrySet().stream()
        .filter(e -> e.getKey().dtype() == Dtype.F32 && e.getValue().get() != null)
        .filter(
            e ->
                address >= e.getValue().address
                    && address + length <= e.getValue().address + e.getKey().length())
        .map(
            e ->
                new Region(
                    e.getKey().file(),
                    e.getKey().position() + address - e.getValue().address,
                    length,
                    Dtype.F32))
        .findFirst();
  }

  private static Optional<ByteBuffer> known(Region region) {
    REGIONS.values().removeIf(mapping -> mapping.get() == null);
    return Optional.ofNullable(REGIONS.get(region)).map(WeakReference::get);
  }

  private static ByteBuffer keep(Region region, ByteBuffer bytes) {
    REGIONS.put(region, new Mapping(bytes));
    return bytes;
  }

  private static long address(ByteBuffer bytes) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
  }

  /**
   * Tells whether floats are finite; once for as long as they are mapped, for a program reads what
   * another has checked.
   *
   * @param bytes what {@link #map} or {@link #find} returned, or any other
   * @return whether none is infinite or not a number
   */
  public static boolean areFinite(ByteBuffer bytes) {
    Optional<Mapping> mapping;
    synchronized (REGIONS) {
      mapping = REGIONS.values().stream().filter(known -> known.refersTo(bytes)).findFirst();
    }
    if (mapping.isEmpty()) {
      return largest(bytes) < INFINITE;
    }
    synchronized (mapping.get()) {
      mapping.get().finite = mapping.get().finite || largest(bytes) < INFINITE;
      return mapping.get().finite;
    }
  }

  /** The largest magnitude as an integer: those of infinity and NaN are above all others. */
  private static int largest(ByteBuffer bytes) {
    IntBuffer bits = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    // Copied first: this runs when a process starts, before single reads from a buffer are fast.
    int[] chunk = new int[Math.min(CHUNK, bits.remaining())];
    int largest = 0;
    while (bits.hasRemaining()) {
      int length = Math.min(chunk.length, bits.remaining());
      bits.get(chunk, 0, length);
      largest = Math.max(largest, largest(chunk, length));
    }
    return largest;
  }

  private static int largest(int[] bits, int length) {
    int largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, bits[i] & Integer.MAX_VALUE);
    }
    return largest;
  }
}
