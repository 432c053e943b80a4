package org.bitgaze.pipelines.runner;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts, in this process, the images that begin to be processed. Flink's embedded cluster reports
 * metrics only when a job has ended; until then, this count is the job's progress.
 */
final class StartedImages {
  private static final LongAdder STARTED = new LongAdder();

  private StartedImages() {}

  static void increment() {
    STARTED.increment();
  }

  /** {@return the number of images started in this process, in all its pipelines together} */
  static long inThisProcess() {
    return STARTED.sum();
  }
}
