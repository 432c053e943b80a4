package org.bitgaze.torch.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Limits the concurrent native calls of this JVM: one per core, or as many as the system property
 * {@code bitgaze.workers}. A Flink slot runs several stages at once, which would only compete for
 * its core and its cache.
 */
public final class NativeCallLimiter {
  private static final int MAX_CALLS =
      Integer.getInteger("bitgaze.workers", Runtime.getRuntime().availableProcessors());

  private static final Semaphore FREE = new Semaphore(MAX_CALLS, true);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final LongAdder CPU_NANOS = new LongAdder();

  private static final int SHUTDOWN_SECONDS = 30;

  private NativeCallLimiter() {}

  /** {@return an argument for {@link #end}, as soon as a core is free} */
  public static long begin() {
    FREE.acquireUninterruptibly();
    return THREADS.getCurrentThreadCpuTime();
  }

  /**
   * Frees the core.
   *
   * @param begun what {@link #begin} returned
   */
  public static void end(long begun) {
    CPU_NANOS.add(THREADS.getCurrentThreadCpuTime() - begun);
    FREE.release();
  }

  /** {@return processor seconds of all native calls in this JVM so far, in the calling threads} */
  public static double cpuSeconds() {
    return CPU_NANOS.sum() / 1e9;
  }

  /**
   * Waits for the running calls, at most 30 seconds, and prevents new ones. For the shutdown hook
   * of a process that may be told to end: the JVM would unload libtorch during its calls, and
   * crash. (Not for a task manager, which outlives the class loaders of its jobs.)
   */
  public static void finish() {
    try {
      FREE.tryAcquire(MAX_CALLS, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
