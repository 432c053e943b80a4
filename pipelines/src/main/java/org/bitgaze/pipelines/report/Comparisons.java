package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;
import org.bitgaze.quant.Precision;

/**
 * The paired tests of a report. Alignment with saliency and masks: each integer precision against
 * f32. Likeness to f32: each integer precision against the one before it. {@link NoiseFloor}
 * compares with a second f32 run.
 */
final class Comparisons {
  private Comparisons() {}

  static List<PairedDifference> of(Summary summary, RowQueries rows) throws IOException {
    List<PairedTests.Request> requests = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (Reference reference : summary.references(Comparisons::isTested)) {
        boolean isF32 = reference.equals(Reference.F32);
        String before = isF32 ? null : Precision.F32.toString();
        for (String precision : summary.quantized()) {
          for (String measure : Distributions.measures(summary)) {
            if (before != null
                && summary.has(model, precision, reference.id(), measure)
                && summary.has(model, before, reference.id(), measure)) {
              Pairs.Place place = new Pairs.Place(model, precision, reference.id());
              Pairs.Place other = new Pairs.Place(model, before, reference.id());
              requests.add(new PairedTests.Request(measure, place, other, before));
            }
          }
          before = isF32 ? precision : before;
        }
      }
    }
    List<PairedDifference> tests = PairedTests.of(rows, requests, (pairs, test) -> test);
    Holm.correct(tests, Function.identity(), (test, corrected) -> corrected);
    return tests;
  }

  private static boolean isTested(Reference reference) {
    return reference.isMap() && !reference.isControl() && !reference.equals(Reference.DEPLOYED);
  }

  static Table table(List<PairedDifference> tests, Map<String, String> titles) {
    return new Layout<PairedDifference>()
        .left("Model", t -> titles.get(t.model()))
        .left("Compared with", PairedDifference::reference)
        .left("Difference", t -> t.precision() + " − " + t.other())
        .left("Measure", PairedDifference::measure)
        .right("Images", PairedDifference::pairs)
        .right("Mean difference [95 % CI]", t -> t.interval(4))
        .right("Effect size", t -> Numbers.fixed(t.effect(), 2))
        .right("p", t -> Numbers.pValue(t.p()))
        .right("p, Holm", PairedDifference::correctedCell)
        .of(tests);
  }
}
