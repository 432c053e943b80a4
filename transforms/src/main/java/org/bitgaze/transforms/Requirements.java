package org.bitgaze.transforms;

import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.PCollection;

/** What transforms ask of their inputs, said before anything runs. */
final class Requirements {
  private Requirements() {}

  /**
   * Refuses what is never complete: maps are joined and summed up over all images.
   *
   * @throws IllegalArgumentException if the input is unbounded or windowed
   */
  static void boundedAndGlobal(PCollection<?> input, String transform) {
    if (input.isBounded() == PCollection.IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(
          transform + " takes a bounded collection, but " + input.getName() + " is unbounded");
    }
    if (!(input.getWindowingStrategy().getWindowFn() instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          transform
              + " takes the global window, but "
              + input.getName()
              + " has "
              + input.getWindowingStrategy().getWindowFn()
              + "; apply Window.into(new GlobalWindows()) before");
    }
  }
}
