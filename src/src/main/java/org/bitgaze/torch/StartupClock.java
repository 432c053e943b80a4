package org.bitgaze.torch;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** When this JVM had its first map: what a start takes. */
public final class StartupClock {
  private static final long NEVER = Long.MIN_VALUE;
  private static final AtomicLong NANOS = new AtomicLong(NEVER);

  private StartupClock() {}

  /** Says that there is one. */
  static void isThere() {
    NANOS.compareAndSet(NEVER, System.nanoTime());
  }

  /**
   * Tells when it was there.
   *
   * @return {@link System#nanoTime} of it; nothing before
   */
  public static OptionalLong nanos() {
    long nanos = NANOS.get();
    return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
