package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.bitgaze.transforms.values.Comparison;
import org.junit.jupiter.api.Test;

class ExplainTogetherTest {
  private static final Model MODEL = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
  private static final LayerPrecision INT4 = LayerPrecision.of(Precision.of("int4"));

  private static List<Configuration> configurations() {
    return List.of(
        Configuration.of("int4"),
        new Configuration("on", INT4, Map.of()),
        new Configuration("off", LayerPrecision.F32, Map.of()),
        new Configuration("only", LayerPrecision.F32, Map.of("features.3.squeeze", INT4)),
        new Configuration("all but", INT4, Map.of("features.3.squeeze", LayerPrecision.F32)));
  }

  @Test
  void rowsAreTheSameAsOneByOne() {
    Set<Measure> measures = new HashSet<>(MeasureCatalog.defaults());
    measures.addAll(MeasureCatalog.ofSignals());
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    ExplainImages apart =
        ExplainImages.of(MODEL.named("apart")).withPrecisions(configurations()).withBatchSize(1);
    ExplainImages together =
        ExplainImages.of(MODEL.named("together")).withPrecisions(configurations()).together();
    Audit.Result result =
        p.apply(Scenes.read(4, 7))
            .apply(
                Audit.scenes()
                    .withExplanation(apart)
                    .withExplanation(together)
                    .withSaliency("centre")
                    .withMeasures(measures));
    PAssert.that(result.rejects()).empty();
    PAssert.that(result.rows())
        .satisfies(
            rows -> {
              Set<String> one = values(rows, "apart", "");
              // 6 configurations, against centre, mask, label and, but for f32 itself, f32.
              assertEquals(4 * (6 * 4 - 1), one.size());
              assertEquals(one, values(rows, "together", ""));
              assertEquals(values(rows, "together", "int4"), values(rows, "together", "on"));
              assertEquals(
                  3 * 4,
                  StreamSupport.stream(rows.spliterator(), false)
                      .filter(r -> r.getMeasures().containsKey("SQNR_FEATURES"))
                      .filter(r -> !r.getPrecision().equals("int4"))
                      .count());
              for (Comparison row : rows) {
                if (row.getPrecision().equals("off") && row.getReference().equals("f32")) {
                  assertEquals(1, row.getMeasures().get("CC"), 1e-12);
                  assertEquals(0, row.getMeasures().get("FLIP"));
                  assertTrue(!row.getMeasures().containsKey("SQNR"), "nothing differs");
                }
              }
              return null;
            });
    p.run().waitUntilFinish();
  }

  /** What rows say of a model, but for the ratios; of one precision, without its name. */
  private static Set<String> values(Iterable<Comparison> rows, String model, String precision) {
    return StreamSupport.stream(rows.spliterator(), false)
        .filter(r -> r.getModel().equals(model))
        .filter(r -> precision.isEmpty() || r.getPrecision().equals(precision))
        .map(
            r -> {
              Map<String, Double> measures = new TreeMap<>(r.getMeasures());
              MeasureCatalog.ofSignals().forEach(m -> measures.remove(m.id()));
              return String.join(
                  " ",
                  r.getKey(),
                  precision.isEmpty() ? r.getPrecision() : "",
                  r.getReference(),
                  r.getPredictedClass() + "",
                  r.getProbability() + "",
                  r.getExplainedClass() + "",
                  measures.toString());
            })
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatCannotBeExplainedTogetherIsRefused() {
    ExplainImages together = ExplainImages.of(MODEL).withPrecisions("int8").together();
    for (ExplainImages wrong :
        List.of(
            together.withTarget(ExplainedClass.OWN),
            together.withBatchSize(2),
            together.withArithmetic(Arithmetic.INTEGER),
            ExplainImages.of(MODEL.withExecution(Execution.PAPER))
                .withPrecisions("int8")
                .together(),
            together.withPrecisions(
                List.of(configurations().get(0), configurations().get(0).named("f32"))))) {
      assertThrows(IllegalArgumentException.class, wrong::check);
    }
  }
}
