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
 * Ends the process when its heap is exhausted. The direct runner may otherwise hang: the error hits
 * whichever thread allocates next, including the runner's own.
 */
final class MemoryWatch {
  /** Share of the heap still in use after a full collection when the heap is exhausted. */
  private static final double EXHAUSTED = 0.97;

  private static final String FULL = "end of major GC";

  /** Allocated before memory is short. */
  private static final byte[] LINE =
      ("bitgaze: out of memory: "
              + (heap() >> 20)
              + " MiB of heap are not enough; use BITGAZE_JAVA_OPTS=-Xmx... for more, or fewer"
              + " --workers\n")
          .getBytes(StandardCharsets.UTF_8);

  private MemoryWatch() {}

  /** The value of -Xmx; a collector may leave less of it to objects. */
  private static long heap() {
    return Long.parseLong(
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .getVMOption("MaxHeapSize")
            .getValue());
  }

  /** Starts to watch the heap after full collections, for any garbage collector. */
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
      Runtime.getRuntime().halt(ExitCode.MEMORY);
    }
  }

  /** Prints what was thrown, which names the image if there is one. {@return the exit code} */
  static int report(PrintWriter err, OutOfMemoryError thrown) {
    err.print(new String(LINE, StandardCharsets.UTF_8));
    if (thrown.getMessage() != null) {
      err.println("(" + thrown.getMessage().lines().findFirst().orElse("") + ")");
    }
    err.flush();
    return ExitCode.MEMORY;
  }
}
