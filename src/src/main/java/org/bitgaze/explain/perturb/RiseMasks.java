package org.bitgaze.explain.perturb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;

/**
 * The random masks of RISE (Petsiuk et al. 2018): 7 x 7 cells, each on with probability 1/2, put
 * bilinearly on a larger grid and shifted at random. They depend on the size alone: fewer masks are
 * the first of more. Bits come from splitmix64, seeded with the FNV-1a hash of "rise:0".
 */
final class RiseMasks {
  private static final int CELLS = 7;

  /** Random numbers of a mask: its cells and the two shifts. */
  private static final int DRAWS = CELLS * CELLS + 2;

  /** Height and width of the map. */
  static final int BLOCKS = 28;

  private static final long SEED = fnv1a("rise:0");
  private static final int BITS = 24;

  private final ImageSize size;
  private final int cellHeight;
  private final int cellWidth;

  /**
   * Prepares masks.
   *
   * @param size of the images
   */
  RiseMasks(ImageSize size) {
    this.size = size;
    cellHeight = (size.height() + CELLS - 1) / CELLS;
    cellWidth = (size.width() + CELLS - 1) / CELLS;
  }

  /**
   * Makes a mask.
   *
   * @param index of the mask
   * @return height x width numbers from 0 to 1
   */
  float[] mask(int index) {
    float[] on = new float[CELLS * CELLS];
    for (int q = 0; q < on.length; q++) {
      on[q] = draw(index, q) < 1 << BITS - 1 ? 1 : 0;
    }
    int down = (int) (draw(index, on.length) * cellHeight >>> BITS);
    int right = (int) (draw(index, on.length + 1) * cellWidth >>> BITS);
    int columns = (CELLS + 1) * cellWidth;
    double[] grid = new Heatmap(CELLS, CELLS, on).resample((CELLS + 1) * cellHeight, columns);
    int width = size.width();
    float[] mask = new float[size.height() * width];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (float) grid[(i / width + down) * columns + i % width + right];
    }
    return mask;
  }

  /**
   * Averages a mask over the blocks of the map.
   *
   * @param mask what {@link #mask} returned
   * @return 28 x 28 means
   */
  double[] blocks(float[] mask) {
    double[] means = new double[BLOCKS * BLOCKS];
    int[] sizes = new int[means.length];
    int[] rows = blocks(size.height());
    int[] columns = blocks(size.width());
    for (int i = 0; i < mask.length; i++) {
      int at = rows[i / size.width()] * BLOCKS + columns[i % size.width()];
      means[at] += mask[i];
      sizes[at]++;
    }
    for (int at = 0; at < means.length; at++) {
      means[at] /= Math.max(1, sizes[at]);
    }
    return means;
  }

  /** The block of each pixel of a side. */
  private static int[] blocks(int side) {
    int[] block = new int[side];
    for (int b = 0; b < BLOCKS; b++) {
      Arrays.fill(block, b * side / BLOCKS, (b + 1) * side / BLOCKS, b);
    }
    return block;
  }

  /** A number of 24 bits. */
  static long draw(int mask, int draw) {
    long z = SEED + ((long) mask * DRAWS + draw + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return z >>> Long.SIZE - BITS;
  }

  private static long fnv1a(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
