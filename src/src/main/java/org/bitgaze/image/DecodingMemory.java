package org.bitgaze.image;

import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * The heap that images take while they are read, decoded and resized, bounded for the whole
 * process: half of the largest heap. A thread opens a region around all work on one image; what
 * {@link ImageDecoder} reserves in it is released when the region is closed. Files of at most
 * {@link #SMALL_FILE} bytes are not counted until they are decoded.
 *
 * <pre>{@code
 * try (DecodingMemory memory = DecodingMemory.open()) {
 *   RgbImage image = ImageDecoder.decode(bytes);
 *   ... // resize it
 * }
 * }</pre>
 *
 * <p>Regions of one thread nest: the outermost one counts.
 */
public final class DecodingMemory implements AutoCloseable {
  private static final int UNIT = 1 << 10;
  private static final int CAPACITY = (int) (Runtime.getRuntime().maxMemory() / 2 / UNIT);

  /** The largest file that is read before memory is reserved: 16 MiB, or 1/64 of the heap. */
  static final int SMALL_FILE = (int) Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 64);

  private static final Permits FREE = new Permits();

  /**
   * One region at a time has a large file. So no two regions wait for memory that the other holds:
   * one without a large file waits only while it holds nothing.
   */
  private static final Semaphore LARGE_FILE = new Semaphore(1, true);

  private static final ThreadLocal<DecodingMemory> CURRENT = new ThreadLocal<>();

  private int depth;
  private int held;
  private boolean hasLargeFile;
  private boolean hasPixels;

  private DecodingMemory() {}

  /**
   * Opens a region.
   *
   * @return the region, to be closed by the same thread
   */
  public static DecodingMemory open() {
    DecodingMemory memory = CURRENT.get();
    if (memory == null) {
      memory = new DecodingMemory();
      CURRENT.set(memory);
    }
    memory.depth++;
    return memory;
  }

  /**
   * Reserves memory to read a file of up to {@link ImageDecoder#MAX_BYTES}, of which streams keep
   * two copies for a moment. Waits for other threads unless the region already holds an image.
   */
  void reserveLargeFile() {
    int units = (int) (2 * ImageDecoder.MAX_BYTES / UNIT);
    if (hasPixels) {
      FREE.exceed(units);
    } else {
      if (!hasLargeFile) {
        LARGE_FILE.acquireUninterruptibly();
        hasLargeFile = true;
      }
      FREE.release(held);
      held = 0;
      FREE.acquireUninterruptibly(units);
    }
    held += units;
  }

  /**
   * Reserves memory for one more image. Waits for other threads unless the region already holds an
   * image, for two threads could then wait for each other.
   *
   * @throws ImageFormatException if the image alone exceeds the bound
   */
  void reserve(int width, int height, double bytesPerPixel, long fileBytes)
      throws ImageFormatException {
    // Readers hold a second copy of the file, without what does not determine pixels.
    double bytes = (double) width * height * bytesPerPixel + 2.0 * fileBytes;
    long units = (long) (bytes / UNIT) + 1;
    if (units > CAPACITY) {
      throw new ImageFormatException(
          String.format(
              Locale.ROOT,
              "%d x %d pixels need %d MiB to decode, more than half of the heap (%d MiB):"
                  + " use a larger heap (-Xmx)",
              width,
              height,
              units >> 10,
              CAPACITY >> 10));
    }
    if (hasPixels) {
      FREE.exceed((int) units);
    } else {
      // The file's bytes are among the units.
      FREE.release(held);
      held = 0;
      FREE.acquireUninterruptibly((int) units);
    }
    held += (int) units;
    hasPixels = true;
  }

  /** Closes the region; the outermost one releases its memory. */
  @Override
  public void close() {
    depth--;
    if (depth == 0) {
      CURRENT.remove();
      FREE.release(held);
      if (hasLargeFile) {
        LARGE_FILE.release();
      }
    }
  }

  private static final class Permits extends Semaphore {
    private static final long serialVersionUID = 1L;

    Permits() {
      // Fair, so that small images do not overtake a large one forever.
      super(CAPACITY, true);
    }

    void exceed(int units) {
      reducePermits(units);
    }
  }
}
