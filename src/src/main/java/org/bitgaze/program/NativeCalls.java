package org.bitgaze.program;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Native calls at once in this JVM: one per core, or as many as {@code bitgaze.workers} says. A
 * Flink slot runs several stages at once, which would only contend for its core and its cache.
 */
public final class NativeCalls {
  private static final int AT_ONCE =
      Integer.getInteger("bitgaze.workers", Runtime.getRuntime().availableProcessors());

  private static final Semaphore FREE = new Semaphore(AT_ONCE, true);

  private static final int PATIENCE_SECONDS = 30;

  private NativeCalls() {}

  /** Waits until a core is free. */
  static void begin() {
    FREE.acquireUninterruptibly();
  }

  /** Gives the core back. */
  static void end() {
    FREE.release();
  }

  /**
   * Waits for the running calls, half a minute at the most, and lets no other begin. For a shutdown
   * hook of a process that may be told to end: the JVM would unload libtorch from under its running
   * calls, and crash. (Not for a task manager, which outlives the class loaders of its jobs.)
   */
  public static void finish() {
    try {
      FREE.tryAcquire(AT_ONCE, PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
