package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.values.Comparison;
import org.junit.jupiter.api.Test;

class MapTestsTest {
  private static final Model MODEL = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
  private static final Set<StandardMeasure> DELETION = Set.of(StandardMeasure.DELETION);

  /** One of two scenes is tested: its rows have the scores, and all other rows stay the same. */
  @Test
  void aSampleIsJudged() {
    KeyLimit.Finder sample = new KeyLimit.Finder(1);
    sample.add(Scene.of(7, 0).key());
    sample.add(Scene.of(7, 1).key());
    MapTests tests = new MapTests(new HashSet<>(DELETION), true, sample.limit());
    ExplainImages model = ExplainImages.of(MODEL.named("plain")).withPrecisions("int4");
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    Audit.Result result =
        p.apply(Scenes.read(2, 7))
            .apply(
                Audit.scenes()
                    .withExplanation(
                        ExplainImages.of(MODEL.named("tested"))
                            .withPrecisions("int4")
                            .withBatchSize(3))
                    .withSaliency("centre")
                    .withTests(tests)
                    .withExplanation(model));
    PAssert.that(result.rejects()).empty();
    PAssert.that(result.rows())
        .satisfies(
            rows -> {
              check(rows);
              return null;
            });
    p.run().waitUntilFinish();
  }

  private static void check(Iterable<Comparison> rows) {
    Map<String, Double> deletion = new TreeMap<>();
    Map<String, String> tested = new TreeMap<>();
    Map<String, String> plain = new TreeMap<>();
    List<String> randomized = new ArrayList<>();
    Set<String> images = new HashSet<>();
    for (Comparison row : rows) {
      Reference reference = Reference.of(row.getReference());
      String place = row.getPrecision() + "/" + row.getReference();
      if (reference.kind() == Reference.Kind.NETWORK) {
        images.add(row.getKey());
        deletion.put(place, row.getMeasures().get("DELETION"));
        double confidence = row.getMeasures().get("CONFIDENCE");
        assertTrue(confidence > 0 && confidence <= 1, place);
      } else if (reference.kind() == Reference.Kind.RANDOMIZED) {
        randomized.add(place);
        images.add(row.getKey());
        assertTrue(Math.abs(row.getMeasures().get("CC")) < 1, place);
      } else {
        (row.getModel().equals("tested") ? tested : plain)
            .put(row.getKey() + " " + place, row.getMeasures().toString());
      }
    }
    assertEquals(1, images.size());
    assertEquals(
        Set.of(
            "f32/network",
            "f32/random-map",
            "f32/centre-map",
            "int4/network",
            "int4/random-map",
            "int4/centre-map",
            "int4/f32-map",
            "int4/f32-network",
            "int4/f32-both"),
        deletion.keySet());
    // Both explain f32's class, so f32's judgement of its own map is one and the same.
    assertEquals(deletion.get("f32/network"), deletion.get("int4/f32-both"));
    assertTrue(deletion.values().stream().allMatch(d -> d >= 0 && d <= 1));
    assertEquals(9 - 1, new HashSet<>(deletion.values()).size(), deletion.toString());
    randomized.sort(null);
    assertEquals(List.of("f32/random-head", "f32/random-weights"), randomized);
    assertEquals(plain, tested);
  }

  @Test
  void otherMeasuresAreNotTests() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new MapTests(Set.of(StandardMeasure.CC), false, KeyLimit.ALL));
  }

  /** With f32 and two others: 3 + 2 maps for f32, and 4 for each of the others. */
  @Test
  void passesAreCounted() {
    MapTests tests = new MapTests(new HashSet<>(DELETION), false, KeyLimit.ALL);
    assertEquals(2 + 5 * 27 + 2 * (2 + 4 * 27), tests.passes(3));
    assertEquals(0, MapTests.NONE.passes(3));
  }
}
