package org.bitgaze.pipelines.runner;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.bitgaze.transforms.MetricNames;

/** Shows a job's progress: one line that rewrites itself on a terminal, else plain lines. */
public final class Progress {
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(10);

  private final PrintStream out;
  private final String prefix;
  private final boolean terminal;
  private final long total;
  private final long start = System.nanoTime();
  private long lastPlain = start;

  /**
   * Time and count of the first images: the time before them is startup and no part of the rate.
   */
  private double firstSeconds;

  private double firstImages;

  /**
   * Starts the clock.
   *
   * @param out where progress is printed
   * @param terminal whether {@code out} is a terminal
   * @param total number of images
   */
  public Progress(PrintStream out, boolean terminal, long total) {
    this(out, terminal, total, "");
  }

  /**
   * Starts the clock of a part.
   *
   * @param out where progress is printed
   * @param terminal whether {@code out} is a terminal
   * @param total number of images
   * @param prefix begins each line, such as "part 3 of 10: "
   */
  public Progress(PrintStream out, boolean terminal, long total, String prefix) {
    this.prefix = prefix;
    this.out = out;
    this.terminal = terminal;
    this.total = total;
  }

  /** Shows a running job's metrics and its number of explained images. */
  void update(JobMetrics metrics, long explained) {
    String line = prefix + line(metrics, explained);
    if (terminal) {
      out.print("\r" + line + "\u001b[K");
      out.flush();
    } else if (System.nanoTime() - lastPlain >= PLAIN_INTERVAL.toNanos()) {
      lastPlain = System.nanoTime();
      out.println(line);
    }
  }

  /** Clears the terminal's line. */
  void finish() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  /** {@return seconds since the clock was started} */
  public double seconds() {
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
    if (m.count(MetricNames.REJECTS) > 0) {
      s.append(", ").append(m.count(MetricNames.REJECTS)).append(" rejects");
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
