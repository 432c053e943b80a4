package org.bitgaze.torch;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Native calls at once in this JVM: one per core, or as many as {@code bitgaze.workers} says. A
 * Flink slot runs several stages at once, which would only contend for its core and its cache.
 */
public final class NativeCallLimiter {
  private static final int AT_ONCE =
      Integer.getInteger("bitgaze.workers", Runtime.getRuntime().availableProcessors());

  private static final Semaphore FREE = new Semaphore(AT_ONCE, true);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final LongAdder CPU_NANOS = new LongAdder();

  private static final int PATIENCE_SECONDS = 30;

  private NativeCallLimiter() {}

  /**
   * Waits until a core is free.
   *
   * @return what {@link #end} wants to know
   */
  static long begin() {
    FREE.acquireUninterruptibly();
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Gives the core back. */
  static void end(long begun) {
    CPU_NANOS.add(THREADS.getCurrentThreadCpuTime() - begun);
    FREE.release();
  }

  /**
   * Returns what native calls have computed in this JVM so far, in the threads that made them.
   *
   * @return processor seconds
   */
  public static double cpuSeconds() {
    return CPU_NANOS.sum() / 1e9;
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
