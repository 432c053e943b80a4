package org.bitgaze.torch.runtime;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Records when this JVM had its first map. */
public final class StartupClock {
  private static final long NEVER = Long.MIN_VALUE;
  private static final AtomicLong NANOS = new AtomicLong(NEVER);

  private StartupClock() {}

  /** Records that there is a map; only the first call counts. */
  public static void recordMap() {
    NANOS.compareAndSet(NEVER, System.nanoTime());
  }

  /** {@return {@link System#nanoTime} of the first map; nothing before} */
  public static OptionalLong nanos() {
    long nanos = NANOS.get();
    return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
