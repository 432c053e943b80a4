package org.bitgaze.pipelines.report;

import java.util.Locale;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;

/** Says in a task's words how answers at a precision agree with those at full precision. */
final class TaskWords {
  private TaskWords() {}

  /** Writes a verb phrase such as "finds 96 % of f32's boxes and"; empty for classifiers. */
  static String of(Summary summary, String model, String precision) {
    String boxes = mean(summary, model, precision, StandardMeasure.DETECTIONS);
    String pixels = mean(summary, model, precision, StandardMeasure.MIOU);
    String labels = mean(summary, model, precision, StandardMeasure.LABELS);
    if (!boxes.isEmpty()) {
      return "finds " + boxes + " of f32's boxes (F1) and ";
    }
    if (!pixels.isEmpty()) {
      return "keeps " + pixels + " of f32's class map (MIOU) and ";
    }
    return labels.isEmpty() ? "" : "keeps " + labels + " of f32's labels (Jaccard) and ";
  }

  private static String mean(
      Summary summary, String model, String precision, StandardMeasure measure) {
    return summary
        .line(model, precision, Reference.F32.id(), measure.id())
        .filter(line -> line.mean() != null)
        .map(line -> String.format(Locale.ROOT, "%.1f %%", 100 * line.mean()))
        .orElse("");
  }
}
