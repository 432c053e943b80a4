package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummarizeComparisonsTest {

  /** Two maps of SIM 0.4 and 0.6, and one that vanished. */
  @ParameterizedTest
  @CsvSource({"EXCLUDE, 2, 0.5", "AS_ONE, 3, 0.6666666666666666", "AS_ZERO, 3, 0.3333333333333333"})
  void mapsThatVanishedCountAsAsked(VanishedMaps vanished, long count, double mean) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PAssert.that(
            pipeline
                .apply(
                    Create.of(
                        row("a", Map.of("SIM", 0.4, "CC", 0.1, "VANISHED", 0.0)),
                        row("b", Map.of("SIM", 0.6, "CC", 0.3, "VANISHED", 0.0)),
                        row("c", Map.of("VANISHED", 1.0))))
                .apply(SummarizeComparisons.create().withVanishedMaps(vanished)))
        .satisfies(
            lines -> {
              Map<String, Statistics> found = new HashMap<>();
              for (KV<SummaryKey, Statistics> line : lines) {
                found.put(line.getKey().getMeasure(), line.getValue());
              }
              assertEquals(count, found.get("SIM").getCount());
              assertEquals(3 - count, found.get("SIM").getDegenerate());
              assertEquals(mean, found.get("SIM").getMean(), 1e-12);
              // Nothing stands for a correlation that is not there.
              assertEquals(2, found.get("CC").getCount());
              assertEquals(1 / 3.0, found.get("VANISHED").getMean(), 1e-12);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  private static Comparison row(String key, Map<String, Double> measures) {
    return Comparison.builder()
        .setKey(key)
        .setModel("m")
        .setPrecision("int8")
        .setReference("f32")
        .setPredictedClass(1)
        .setProbability(0.5)
        .setExplainedClass(1)
        .setMeasures(new TreeMap<>(measures))
        .setMapStatus(List.of("c").contains(key) ? MapStatus.VANISHED : MapStatus.OK)
        .setReferenceStatus(MapStatus.OK)
        .build();
  }
}
