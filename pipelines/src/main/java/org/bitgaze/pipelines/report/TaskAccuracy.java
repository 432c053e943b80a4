package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;

/** Says how right answers are at each precision, of tasks that are not classification. */
final class TaskAccuracy {
  private static final List<StandardMeasure> MEASURES =
      List.of(
          StandardMeasure.MAP50,
          StandardMeasure.DETECTIONS,
          StandardMeasure.MIOU,
          StandardMeasure.LABELS);

  private TaskAccuracy() {}

  /** {@return a sentence for each model and measure that compares answers with labels} */
  static List<String> of(Summary summary) {
    List<String> sentences = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (Measure measure : MEASURES) {
        String values =
            summary.precisions().stream()
                .map(precision -> line(summary, model, precision, measure))
                .flatMap(Optional::stream)
                .map(l -> String.format(Locale.ROOT, "%.3f at %s", l.mean(), l.precision()))
                .collect(Collectors.joining(", "));
        if (!values.isEmpty()) {
          sentences.add(
              "%s and the labels, %s (%s): %s."
                  .formatted(
                      summary.models().get(model), measure.id(), measure.description(), values));
        }
      }
    }
    return sentences;
  }

  private static Optional<SummaryLine> line(
      Summary summary, String model, String precision, Measure measure) {
    return summary
        .line(model, precision, Reference.LABEL.id(), measure.id())
        .filter(line -> line.mean() != null);
  }
}
