package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * How much f32's maps change when weights are random (Adebayo et al. 2018). A map that stays the
 * same does not depend on what the network has learned.
 *
 * @param line CC of f32's maps with those of the network with random weights
 */
public record SanityCheck(SummaryLine line) {
  /** From this mean correlation on, maps count as unchanged. */
  private static final double UNCHANGED = 0.5;

  /** Every model that was checked: first with a random head, then with random weights. */
  static List<SanityCheck> of(Summary summary) {
    List<SanityCheck> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (Reference reference : List.of(Reference.RANDOM_HEAD, Reference.RANDOM_WEIGHTS)) {
        summary
            .line(model, "f32", reference.id(), StandardMeasure.CC.id())
            .map(SanityCheck::new)
            .ifPresent(all::add);
      }
    }
    return all;
  }

  private boolean isUnchanged() {
    return line.mean() != null && line.mean() >= UNCHANGED;
  }

  /** {@return whether the maps change, in words} */
  public String verdict() {
    if (line.mean() == null) {
      return "there are no maps to compare";
    }
    return isUnchanged() ? "they do not change" : "they change";
  }

  /**
   * Says what was found.
   *
   * @param title the model's title
   * @param method the map method, such as {@code gradcam++}
   * @return one sentence
   */
  public String sentence(String title, String method) {
    String what =
        line.reference().equals(Reference.RANDOM_HEAD.id())
            ? "with random weights after the target layer"
            : "with random weights everywhere";
    String cc = Numbers.interval(line.mean(), line.ci95Low(), line.ci95High(), false, 3);
    return "%s: %s's maps %s %s: CC with them is %s, %d images%s"
        .formatted(
            title,
            method,
            isUnchanged() ? "do not change" : "change",
            what,
            cc,
            line.count(),
            isUnchanged() ? "; the method does not show what the network has learned there" : "");
  }

  static Table table(List<SanityCheck> checks, Map<String, String> titles) {
    return new Layout<SanityCheck>()
        .left("Model", c -> titles.get(c.line.model()))
        .left("Random", c -> c.line.reference())
        .right("Images", c -> c.line.count())
        .right("Without a value", c -> c.line.degenerate())
        .right(
            "Mean CC [95 % CI]",
            c -> Numbers.interval(c.line.mean(), c.line.ci95Low(), c.line.ci95High(), false, 3))
        .left("The maps", SanityCheck::verdict)
        .of(checks);
  }
}
