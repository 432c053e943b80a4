package org.bitgaze.pipelines.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import javax.management.NotificationEmitter;

/**
 * Ends the process when its heap is exhausted. The direct runner may neither end nor work then: the
 * error strikes whichever thread asks next, its own included.
 */
final class MemoryWatch {
  /** Exit code of a process that ran out of memory. */
  static final int EXIT_CODE = 4;

  /** So much of the heap is still in use after a collection when nothing goes on any more. */
  private static final double EXHAUSTED = 0.97;

  /** Made while there is memory for it. */
  private static final byte[] LINE =
      ("bitgaze: out of memory: "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB of heap are not enough; BITGAZE_JAVA_OPTS=-Xmx... gives more, --workers fewer"
              + " images at once\n")
          .getBytes(StandardCharsets.UTF_8);

  private MemoryWatch() {}

  /** Begins to watch; the largest pool of the heap is where what survives ends up. */
  static void start() {
    Optional<MemoryPoolMXBean> old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(p -> p.getType() == MemoryType.HEAP && p.isCollectionUsageThresholdSupported())
            .filter(p -> p.getUsage().getMax() > 0)
            .max(Comparator.comparingLong(p -> p.getUsage().getMax()));
    if (old.isPresent() && ManagementFactory.getMemoryMXBean() instanceof NotificationEmitter e) {
      String name = old.get().getName();
      old.get().setCollectionUsageThreshold((long) (old.get().getUsage().getMax() * EXHAUSTED));
      e.addNotificationListener(
          (notification, handback) -> {
            if (notification
                .getType()
                .equals(MemoryNotificationInfo.MEMORY_COLLECTION_THRESHOLD_EXCEEDED)) {
              try {
                System.err.write(LINE, 0, LINE.length);
                System.err.flush();
              } finally {
                Runtime.getRuntime().halt(EXIT_CODE);
              }
            }
          },
          null,
          name);
    }
  }

  /** Says it in one line. */
  static int report(PrintWriter err) {
    err.print(new String(LINE, StandardCharsets.UTF_8));
    err.flush();
    return EXIT_CODE;
  }
}
