package org.bitgaze.pipelines.cli;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * Ends the process when its heap is exhausted. The direct runner may neither end nor work then: the
 * error strikes whichever thread asks next, its own included.
 */
final class MemoryWatch {
  /** Exit code of a process that ran out of memory. */
  static final int EXIT_CODE = 4;

  /** So much of the heap is still in use after a full collection when nothing goes on any more. */
  private static final double EXHAUSTED = 0.97;

  private static final String FULL = "end of major GC";

  /** Made while there is memory for it. */
  private static final byte[] LINE =
      ("bitgaze: out of memory: "
              + (heap() >> 20)
              + " MiB of heap are not enough; BITGAZE_JAVA_OPTS=-Xmx... gives more, --workers fewer"
              + " images at once\n")
          .getBytes(StandardCharsets.UTF_8);

  private MemoryWatch() {}

  /** As -Xmx says it: what a collector leaves to objects may be less. */
  private static long heap() {
    return Long.parseLong(
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("MaxHeapSize")
            .getValue());
  }

  /**
   * Begins to watch what full collections leave, whatever pools a collector divides the heap into.
   */
  static void start() {
    Set<String> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    for (var collector : ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class)) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, handback) -> {
                var collection =
                    GarbageCollectionNotificationInfo.from(
                        (CompositeData) notification.getUserData());
                if (collection.getGcAction().equals(FULL)
                    && isExhausted(collection.getGcInfo().getMemoryUsageAfterGc(), pools)) {
                  halt();
                }
              },
              null,
              null);
    }
  }

  private static boolean isExhausted(Map<String, MemoryUsage> left, Set<String> pools) {
    long used = pools.stream().mapToLong(pool -> left.get(pool).getUsed()).sum();
    return used >= EXHAUSTED * Runtime.getRuntime().maxMemory();
  }

  private static void halt() {
    try {
      System.err.write(LINE, 0, LINE.length);
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /** Says it in one line. */
  static int report(PrintWriter err) {
    err.print(new String(LINE, StandardCharsets.UTF_8));
    err.flush();
    return EXIT_CODE;
  }
}
