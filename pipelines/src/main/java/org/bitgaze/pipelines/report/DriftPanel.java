package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * One model's drift at each precision as a distribution over the images: a drawing in SVG, which
 * needs no script. The axis is the correlation with f32. Its scale is logarithmic in 1 - CC,
 * because the differences are near 1.
 *
 * @param title the model's title
 * @param bands one per precision, by falling number of bits
 */
public record DriftPanel(String title, List<Band> bands) {
  private static final int WIDTH = 560;

  /** Where the axis begins, to the right of the precisions' names. */
  private static final int LEFT = 120;

  private static final int BAND = 34;
  private static final int TOP = 22;
  private static final int BOTTOM = 22;
  private static final int RIGHT = 16;
  private static final double LARGEST = 2;
  private static final double SMALLEST = 1e-5;
  private static final double[] TICKS = {-1, 0, 0.5, 0.9, 0.99, 0.999, 0.9999};

  /**
   * One precision's distribution, as positions on the axis.
   *
   * @param precision such as {@code int8}
   * @param y vertical position of its middle
   * @param vanished the number of images whose map vanished; they are not drawn
   * @param drawn whether any image is drawn
   * @param min of the image that drifts most
   * @param low of the 2.5 % quantile
   * @param q1 of the lower quartile
   * @param median of the median
   * @param q3 of the upper quartile
   * @param high of the 97.5 % quantile
   * @param max of the image that drifts least
   * @param words the same in words
   */
  public record Band(
      String precision,
      int y,
      long vanished,
      boolean drawn,
      double min,
      double low,
      double q1,
      double median,
      double q3,
      double high,
      double max,
      String words) {}

  /**
   * A mark on the axis.
   *
   * @param x its position
   * @param label the correlation
   */
  public record Tick(double x, String label) {}

  /** One panel per model that has drifts. */
  static List<DriftPanel> of(
      Summary summary, Distributions distributions, List<VanishedShare> shares) {
    List<DriftPanel> panels = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      List<Band> bands = new ArrayList<>();
      List<String> ordered = new ArrayList<>(summary.precisions());
      ordered.sort(Comparator.comparingInt(p -> -Precision.find(p).map(Precision::bits).orElse(0)));
      for (String precision : ordered) {
        double[] q = distributions.get(model, precision, "f32", StandardMeasure.CC.id());
        long vanished =
            shares.stream()
                .filter(s -> s.model().equals(model) && s.precision().equals(precision))
                .mapToLong(VanishedShare::vanished)
                .sum();
        boolean compared = !precision.equals(Precision.F32.toString());
        if (compared && (q.length > 0 || vanished > 0)) {
          bands.add(band(precision, TOP + BAND * bands.size() + BAND / 2, vanished, q));
        }
      }
      if (!bands.isEmpty()) {
        panels.add(new DriftPanel(summary.models().get(model), bands));
      }
    }
    return panels;
  }

  private static Band band(String precision, int y, long vanished, double[] q) {
    String lost = vanished > 0 ? ", " + vanished + " maps vanished" : "";
    if (q.length == 0) {
      return new Band(precision, y, vanished, false, 0, 0, 0, 0, 0, 0, 0, precision + lost);
    }
    int last = q.length - 1;
    return new Band(
        precision,
        y,
        vanished,
        true,
        x(q[0]),
        x(q[1]),
        x(q[last / 4]),
        x(q[last / 2]),
        x(q[3 * last / 4]),
        x(q[last - 1]),
        x(q[last]),
        String.format(
                Locale.ROOT,
                "%s: CC with f32 from %.4f to %.4f, median %.4f, half of the images from %.4f to %.4f",
                precision,
                q[0],
                q[last],
                q[last / 2],
                q[last / 4],
                q[3 * last / 4])
            + lost);
  }

  /** Position of a correlation. */
  private static double x(double cc) {
    double drift = Math.min(LARGEST, Math.max(SMALLEST, 1 - cc));
    double share = Math.log(LARGEST / drift) / Math.log(LARGEST / SMALLEST);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  /** {@return the width of the drawing, in its own units} */
  public int width() {
    return WIDTH;
  }

  /** {@return the height of the drawing with title and axis, in its own units} */
  public int height() {
    return TOP + BAND * bands.size() + BOTTOM;
  }

  /** {@return the upper end of the axis' marks} */
  public int top() {
    return TOP;
  }

  /** {@return the marks of the axis, from -1 to almost 1} */
  public List<Tick> ticks() {
    List<Tick> ticks = new ArrayList<>();
    for (double cc : TICKS) {
      ticks.add(new Tick(x(cc), String.format(Locale.ROOT, "%s", cc).replaceAll("\\.0$", "")));
    }
    return ticks;
  }
}
