package org.bitgaze.measure;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory of scaled maps that is used again. A map takes 0.8 MB, which the JVM would clear for each
 * one and collect after it; here it also stays in the processor's cache. It keeps as many arrays as
 * were taken at once. Not for several threads.
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
