package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Computes on all cores what needs some columns of one number per image in memory: only some at
 * once.
 */
final class InParallel {
  private static final Semaphore AT_ONCE = new Semaphore(4);

  private InParallel() {}

  /** A computation. */
  @FunctionalInterface
  interface Step<T, R> {
    R apply(T item) throws IOException;
  }

  /** {@return what is computed of each item, in their order} */
  static <T, R> List<R> map(List<T> items, Step<T, R> step) throws IOException {
    try {
      return items.parallelStream().map(item -> apply(step, item)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static <T, R> R apply(Step<T, R> step, T item) {
    AT_ONCE.acquireUninterruptibly();
    try {
      return step.apply(item);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      AT_ONCE.release();
    }
  }
}
