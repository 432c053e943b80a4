package org.bitgaze.pipelines.audit;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how far a job is: one line that rewrites itself on a terminal, plain lines otherwise. */
final class Progress {
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

  private final PrintStream out;
  private final boolean terminal;
  private final long total;
  private final long start = System.nanoTime();
  private long lastPlain = start;

  /** When the first image was seen to be done: what came before is the start, not the rate. */
  private double firstSeconds;

  private double firstImages;

  Progress(PrintStream out, boolean terminal, long total) {
    this.out = out;
    this.terminal = terminal;
    this.total = total;
  }

  /** Shows the state of a running job, and how many images have passed the last CAM. */
  void update(JobMetrics metrics, long explained) {
    String line = line(metrics, explained);
    if (terminal) {
      out.print("\r" + line + "\u001b[K");
      out.flush();
    } else if (System.nanoTime() - lastPlain >= PLAIN_INTERVAL.toNanos()) {
      lastPlain = System.nanoTime();
      out.println(line);
    }
  }

  /** Leaves the terminal's line. */
  void finish() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  /** Seconds since the job began. */
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private String line(JobMetrics m, double images) {
    if (firstImages == 0 && images > 0) {
      firstImages = images;
      firstSeconds = seconds();
    }
    if (images >= total) {
      String compared = m.equals(JobMetrics.NONE) ? "" : ", " + m.compared() + " compared";
      return "all " + total + " images explained" + compared;
    }
    StringBuilder s = new StringBuilder();
    s.append(String.format(Locale.ROOT, "%.0f of %d images", images, total));
    if (m.rejected() > 0) {
      s.append(", ").append(m.rejected()).append(" rejected");
    }
    double rate = (images - firstImages) / (seconds() - firstSeconds);
    if (images > firstImages) {
      long left = Math.max(0, Math.round((total - images) / rate));
      s.append(String.format(Locale.ROOT, ", %.1f a second", rate));
      s.append(String.format(Locale.ROOT, ", %d:%02d left", left / 60, left % 60));
    } else if (images == 0) {
      s.append(String.format(Locale.ROOT, ", starting (%.0f s)", seconds()));
    }
    return s.toString();
  }
}
