package org.bitgaze.transforms;

import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowingStrategy;

/** What transforms require of their inputs; checked when the graph is built. */
final class Requirements {
  private Requirements() {}

  /**
   * Checks that each window of an input ends: images are joined and summarized per window.
   *
   * @throws IllegalArgumentException if the input is unbounded and neither windowed nor triggered
   */
  static void finiteWindows(PCollection<?> input, String transform) {
    WindowingStrategy<?, ?> strategy = input.getWindowingStrategy();
    if (input.isBounded() == PCollection.IsBounded.UNBOUNDED
        && strategy.getWindowFn() instanceof GlobalWindows
        && strategy.getTrigger() instanceof DefaultTrigger) {
      throw new IllegalArgumentException(
          transform
              + " works per window, but "
              + input.getName()
              + " is unbounded and in the global window, which never ends; apply"
              + " Window.into(FixedWindows.of(...)) before");
    }
  }

  /**
   * Checks that an input is complete: the transform needs all images at once.
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
