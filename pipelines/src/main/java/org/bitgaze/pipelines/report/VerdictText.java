package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;

/** Verdicts for a terminal. */
public final class VerdictText {
  private VerdictText() {}

  /**
   * Lays verdicts out.
   *
   * @param verdicts by model
   * @return a line with the model's name, then one per precision; nothing without verdicts
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
        lines.add("      f32 with another draw: " + verdict.noiseNumbers());
      }
    }
    return lines;
  }
}
