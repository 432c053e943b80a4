package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.table.Table;

/**
 * The classes of one model at one precision, as a report shows them: the most harmed, and the
 * others to unfold.
 *
 * @param title the model's title
 * @param precision such as {@code int8}
 * @param classes the number of classes
 * @param worse how many of them are worse than the others, beyond chance
 * @param worst the most harmed ones
 * @param rest some or all of the others; without rows if there are none
 */
public record ClassSection(
    String title, String precision, int classes, long worse, Table worst, Table rest) {
  /** The most harmed classes, which are shown first. */
  static final int WORST = 10;

  /** {@return how many classes are not shown} */
  public int left() {
    return classes - worst.rows().size() - rest.rows().size();
  }

  /**
   * Lays out the classes of each model at each integer precision.
   *
   * @param max number of classes to unfold
   * @return none of a model and precision that has a single class
   */
  static List<ClassSection> of(Run run, int max) throws IOException {
    List<ClassSection> sections = new ArrayList<>();
    for (ClassDrifts found : ClassDrifts.all(run.summary(), run.rows())) {
      List<ClassDrift> all = found.classes();
      if (all.size() > 1) {
        int worst = Math.min(WORST, all.size());
        int shown = Math.min(worst + max, all.size());
        List<String> names = run.info().classNames();
        sections.add(
            new ClassSection(
                run.summary().models().get(found.model()),
                found.precision(),
                all.size(),
                found.worse(),
                found.table(all.subList(0, worst), names),
                found.table(all.subList(worst, shown), names)));
      }
    }
    return sections;
  }
}
