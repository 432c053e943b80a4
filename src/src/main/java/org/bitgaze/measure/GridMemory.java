package org.bitgaze.measure;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reuses the memory of scaled maps. A map takes 0.8 MB: without reuse, the JVM would clear this
 * memory for each map and collect it afterwards. Reused memory also stays in the processor's cache.
 * The number of arrays kept is the largest number in use at the same time. Not thread-safe.
 */
public final class GridMemory {
  private final Deque<double[]> free = new ArrayDeque<>();

  /** Numbers, whatever they are. Only arrays of the length that was asked for last are kept. */
  double[] take(int length) {
    double[] grid = free.poll();
    return grid == null || grid.length != length ? new double[length] : grid;
  }

  /** Takes back what was taken; who gave it must not read it any more. */
  void give(double[] grid) {
    free.push(grid);
  }
}
