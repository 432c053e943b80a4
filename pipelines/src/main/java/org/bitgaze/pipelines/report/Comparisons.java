package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Summary;

/**
 * The paired tests of a report: for alignment with saliency and masks, each precision against f32;
 * for likeness to f32, each precision against the one asked for before it.
 */
final class Comparisons {
  private Comparisons() {}

  static List<PairedDifference> of(Summary summary, Rows rows) throws IOException {
    List<PairedDifference> tests = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (Reference compared : Reference.all(r -> r.isMap() && !r.isControl())) {
        String reference = compared.id();
        for (int i = 1; i < summary.precisions().size(); i++) {
          String precision = summary.precisions().get(i);
          String other = summary.precisions().get(compared == Reference.F32 ? i - 1 : 0);
          for (String measure : Charts.measures(summary)) {
            double[] differences = {};
            if (summary.line(model, precision, reference, measure).isPresent()
                && summary.line(model, other, reference, measure).isPresent()) {
              differences = rows.differences(model, reference, measure, precision, other);
            }
            if (differences.length > 0) {
              tests.add(
                  PairedDifference.of(model, precision, other, reference, measure, differences));
            }
          }
        }
      }
    }
    Holm.correct(tests, Function.identity(), (test, corrected) -> corrected);
    return tests;
  }
}
