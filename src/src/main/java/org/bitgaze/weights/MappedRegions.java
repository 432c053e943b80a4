package org.bitgaze.weights;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
 * it: several programs of one network share the pages of its file. Floats that do not lie at a
 * multiple of 64 bytes are copied to one, once as well: libraries for matrices add in another order
 * elsewhere, so last bits would depend on the format of a file. (PyTorch's zip files have them
 * there.) So is what has half precision, which becomes floats. A file that is cut short while it is
 * mapped ends the process, as it does any program that maps files.
 */
public final class MappedRegions {
  /** What is smaller is read: a mapping takes pages of its own. */
  private static final int LEAST = 1 << 20;

  /** Where libtorch's own tensors begin, in bytes. */
  private static final int ALIGNMENT = 64;

  private static final Map<Region, Holder> REGIONS = new HashMap<>();

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

  /**
   * A part that is in memory for as long as somebody holds it. Its own lock is held while it is
   * read, so that nobody waits for parts that others want.
   */
  private static final class Holder {
    private volatile WeakReference<ByteBuffer> bytes = new WeakReference<>(null);
    private boolean finite;

    /** Threads that have found it, and may be about to fill it; under the lock of all. */
    private int users;
  }

  /** Makes the bytes of a part. */
  @FunctionalInterface
  private interface Reading {
    ByteBuffer read() throws IOException;
  }

  /**
   * Maps a part of a file that is worth it.
   *
   * @param channel the open file
   * @param file what it was when it was opened
   * @param position of the first byte
   * @param length in bytes
   * @return the bytes, direct, read-only and little-endian, at a multiple of 64 bytes; nothing
   *     where they are fewer than 2^20, too many for a buffer, or not in this machine's byte order
   * @throws WeightsException if the file ends before or cannot be mapped, or there is no memory for
   *     a copy
   * @throws IOException if the file cannot be read
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
    if (bytes < LEAST
        || Math.max(bytes, length) > Bytes.MOST
        || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      return Optional.empty();
    }
    Region region = new Region(file, position, (int) length, dtype);
    return Optional.of(held(region, () -> read(channel, region)));
  }

  private static ByteBuffer read(FileChannel channel, Region region) throws IOException {
    Path file = region.file().file();
    if (region.length() > channel.size() - region.position()) {
      throw new WeightsException(file + ": ends at byte " + channel.size());
    }
    if (region.dtype() == Dtype.F32 && region.position() % ALIGNMENT == 0) {
      // No view of it: a view's slices keep the mapping, but not the view that is remembered.
      return mapped(channel, region).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer bytes = aligned(file, region.length() / region.dtype().width() * Float.BYTES);
    if (region.dtype() == Dtype.F32) {
      return readOnly(Bytes.fill(bytes, channel, file, region.position()));
    }
    FloatBuffer floats = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int at = 0; at < region.length(); at += LEAST) {
      int part = Math.min(LEAST, region.length() - at);
      floats.put(region.dtype().toFloats(Bytes.read(channel, file, region.position() + at, part)));
    }
    return readOnly(bytes);
  }

  private static ByteBuffer mapped(FileChannel channel, Region region) throws IOException {
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, region.position(), region.length());
    } catch (IOException e) {
      // Not as the cause, of which an OutOfMemoryError is one: it is not the heap that is too
      // small.
      throw new WeightsException(region.file().file() + ": cannot be mapped: " + e.getMessage());
    }
  }

  private static ByteBuffer aligned(Path file, int length) throws WeightsException {
    try {
      return ByteBuffer.allocateDirect(length + 2 * ALIGNMENT)
          .alignedSlice(ALIGNMENT)
          .slice(0, length);
    } catch (OutOfMemoryError e) {
      // Not as the cause, as above.
      throw new WeightsException(
          file
              + ": no memory outside the heap for floats: "
              + e.getMessage()
              + "; -XX:MaxDirectMemorySize gives more, in a task manager"
              + " taskmanager.memory.task.off-heap.size");
    }
  }

  private static ByteBuffer readOnly(ByteBuffer bytes) {
    return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer held(Region region, Reading reading) throws IOException {
    Holder holder;
    synchronized (REGIONS) {
      REGIONS.values().removeIf(known -> known.users == 0 && known.bytes.refersTo(null));
      holder = REGIONS.computeIfAbsent(region, r -> new Holder());
      holder.users++;
    }
    try {
      synchronized (holder) {
        ByteBuffer bytes = holder.bytes.get();
        if (bytes == null) {
          bytes = reading.read();
          holder.finite = false;
          holder.bytes = new WeakReference<>(bytes);
        }
        return bytes;
      }
    } finally {
      synchronized (REGIONS) {
        holder.users--;
      }
    }
  }

  /**
   * Finds floats within a part of a file that is mapped already.
   *
   * @param bytes from position to limit: those of a mapped buffer, or any other
   * @return the same, as {@link #map} has them; nothing where it would have nothing, or where these
   *     lie in no part that was mapped
   * @throws WeightsException if there is no memory for a copy
   * @throws IOException never
   */
  public static Optional<ByteBuffer> find(ByteBuffer bytes) throws IOException {
    ByteBuffer slice = bytes.slice();
    if (!slice.isDirect() || slice.remaining() < LEAST) {
      return Optional.empty();
    }
    Optional<Region> region = region(slice);
    return region.isEmpty()
        ? Optional.empty()
        : Optional.of(
            held(
                region.get(),
                () ->
                    readOnly(
                        slice.alignmentOffset(0, ALIGNMENT) == 0
                            ? slice
                            : aligned(region.get().file().file(), slice.remaining())
                                .put(slice.duplicate())
                                .flip())));
  }

  /** What part of a file a buffer shows, by its address; nothing, too, where JNA does not work. */
  private static Optional<Region> region(ByteBuffer slice) {
    try {
      long address = address(slice);
      synchronized (REGIONS) {
        for (Map.Entry<Region, Holder> known : REGIONS.entrySet()) {
          Region whole = known.getKey();
          // Held while its address counts: what is collected may have left it to another.
          ByteBuffer bytes = known.getValue().bytes.get();
          if (bytes != null && whole.dtype() == Dtype.F32) {
            long offset = address - address(bytes);
            if (offset >= 0 && offset <= whole.length() - slice.remaining()) {
              return Optional.of(
                  new Region(
                      whole.file(), whole.position() + offset, slice.remaining(), Dtype.F32));
            }
          }
        }
      }
    } catch (LinkageError e) {
      // Then every program reads its own.
    }
    return Optional.empty();
  }

  private static long address(ByteBuffer bytes) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
  }

  /**
   * Looks for floats that are not finite; once for as long as they are mapped, for a program reads
   * what another has checked.
   *
   * @param bytes what {@link #map} or {@link #find} returned; any other floats are searched each
   *     time
   * @return what is wrong with the first, see {@link NotFinite}; nothing if all are finite
   */
  public static Optional<String> notFinite(ByteBuffer bytes) {
    Optional<Holder> holder;
    synchronized (REGIONS) {
      holder = REGIONS.values().stream().filter(known -> known.bytes.refersTo(bytes)).findFirst();
    }
    if (holder.isEmpty()) {
      return NotFinite.in(bytes);
    }
    synchronized (holder.get()) {
      Optional<String> found = holder.get().finite ? Optional.empty() : NotFinite.in(bytes);
      holder.get().finite = found.isEmpty();
      return found;
    }
  }
}
