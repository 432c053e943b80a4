package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.quant.Precision;

/**
 * The paired tests of a report: for alignment with saliency and masks, each integer precision
 * against f32; for likeness to f32, each against the one asked for before it. Another draw of f32
 * is compared in {@link NoiseFloor}.
 */
final class Comparisons {
  private Comparisons() {}

  static List<PairedDifference> of(Summary summary, Rows rows) throws IOException {
    List<PairedDifference> tests = new ArrayList<>();
    List<String> integers = Charts.integers(summary);
    for (String model : summary.models().keySet()) {
      for (Reference compared : Reference.all(r -> r.isMap() && !r.isControl())) {
        String reference = compared.id();
        for (int i = 0; i < integers.size(); i++) {
          String precision = integers.get(i);
          if (compared.equals(Reference.F32) && i == 0) {
            continue;
          }
          String other =
              compared.equals(Reference.F32) ? integers.get(i - 1) : Precision.F32.toString();
          for (String measure : Charts.measures(summary)) {
            Rows.Pairs pairs = new Rows.Pairs(new double[0], new double[0]);
            if (summary.line(model, precision, reference, measure).isPresent()
                && summary.line(model, other, reference, measure).isPresent()) {
              pairs = rows.precisions(model, reference, measure, precision, other);
            }
            if (!pairs.isEmpty()) {
              tests.add(
                  PairedDifference.of(
                      model, precision, other, reference, measure, pairs.differences()));
            }
          }
        }
      }
    }
    Holm.correct(tests, Function.identity(), (test, corrected) -> corrected);
    return tests;
  }
}
