package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;

/** Formats verdicts for a terminal. */
public final class VerdictText {
  private VerdictText() {}

  /**
   * Formats verdicts.
   *
   * @param verdicts by model
   * @return for each model a line with its title, then some lines per precision
   */
  public static List<String> of(List<Verdict> verdicts) {
    List<String> lines = new ArrayList<>();
    String model = null;
    for (Verdict verdict : verdicts) {
      if (!verdict.model().equals(model)) {
        model = verdict.model();
        lines.add(verdict.title());
      }
      lines.add("  " + verdict.outcome().symbol() + " " + verdict.words() + ":");
      lines.add("      " + verdict.numbers());
      lines.add("      wanted: " + verdict.wanted());
      if (!verdict.noise().isEmpty()) {
        lines.add("      second f32 run: " + verdict.noiseNumbers());
      }
    }
    return lines;
  }
}
