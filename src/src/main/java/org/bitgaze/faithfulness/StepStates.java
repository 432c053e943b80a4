package org.bitgaze.faithfulness;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The inputs on the way from one image to another, in which pixels change in a map's order. After
 * step t, the first t / 28 of the pixels are those of the target, in all three channels. Start and
 * target themselves are left out: all maps of an image share them.
 */
final class StepStates implements Iterable<float[]> {
  /** Number of steps from start to target. */
  static final int STEPS = 28;

  private final NetworkInput start;
  private final NetworkInput target;
  private final PixelOrder order;

  StepStates(NetworkInput start, NetworkInput target, PixelOrder order) {
    this.start = start;
    this.target = target;
    this.order = order;
  }

  /** Makes each input when it is asked for, so that a few of them are in memory at a time. */
  @Override
  public Iterator<float[]> iterator() {
    return new Iterator<>() {
      private final float[] state = start.values().clone();
      private int step;

      @Override
      public boolean hasNext() {
        return step < STEPS - 1;
      }

      @Override
      public float[] next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int pixels = start.pixels();
        int end = changed(step + 1);
        for (int rank = changed(step); rank < end; rank++) {
          for (int i = order.pixel(rank); i < state.length; i += pixels) {
            state[i] = target.values()[i];
          }
        }
        step++;
        return state.clone();
      }

      private int changed(int steps) {
        return (int) ((long) start.pixels() * steps / STEPS);
      }
    };
  }
}
