package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.ScoredMatches;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;
import org.junit.jupiter.api.Test;

class SummaryStateTest {
  private static final SummaryTableFn FN =
      new SummaryTableFn(
          MeasureCatalog.withAnswers(MeasureCatalog.defaults()), VanishedMaps.EXCLUDE);

  private static Comparison row(int image, double cc) {
    return row(image, cc, "f32", null);
  }

  private static Comparison row(int image, double cc, String reference, byte[] matches) {
    return Comparison.builder()
        .setMatches(matches)
        .setKey("i" + image)
        .setModel("m")
        .setPrecision("int8")
        .setReference(reference)
        .setPredictedClass(1)
        .setProbability(0.5)
        .setExplainedClass(1)
        .setMeasures(image % 7 == 0 ? Map.of() : Map.of("CC", cc, "FLIP", 0.0))
        .setMapStatus(MapStatus.OK)
        .setReferenceStatus(MapStatus.OK)
        .build();
  }

  private static SummaryState state(List<Comparison> rows) {
    var table = FN.createAccumulator();
    for (Comparison row : rows) {
      table = FN.addInput(table, row);
    }
    return FN.extractOutput(table);
  }

  private static Map<SummaryKey, Statistics> statistics(SummaryState state) {
    Map<SummaryKey, Statistics> all = new HashMap<>();
    for (KV<SummaryKey, Statistics> line : state.statistics()) {
      all.put(line.getKey(), line.getValue());
    }
    return all;
  }

  /** Parts of any size, stored and read again, give the same statistics to the last bit. */
  @Test
  void mergedPartsAreTheWhole() throws IOException {
    Random random = new Random(5);
    List<Comparison> rows = random.doubles(400).mapToObj(v -> row((int) (v * 1e6), v)).toList();
    SummaryState whole = state(rows);
    SummaryState merged = SummaryState.merge(List.of());
    for (int from : new int[] {0, 1, 70, 333}) {
      int to = from == 0 ? 1 : from == 1 ? 70 : from == 70 ? 333 : 400;
      SummaryState part = SummaryState.decode(state(rows.subList(from, to)).encode());
      merged = SummaryState.merge(List.of(part, merged));
    }
    assertEquals(statistics(whole), statistics(merged));
    assertEquals(400, count(merged, "CC"));
  }

  /** Detections keep no order of images or parts; equal scores are in the order of the keys. */
  @Test
  void averagePrecisionDoesNotDependOnTheOrder() throws IOException {
    Random random = new Random(6);
    List<Comparison> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<ScoredMatches.Match> found = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        double score = (1 + random.nextInt(4)) / 4.0;
        found.add(new ScoredMatches.Match(random.nextInt(2), score, random.nextBoolean()));
      }
      ScoredMatches matches = new ScoredMatches(new TreeMap<>(Map.of(0, 2, 1, 3)), found);
      rows.add(row(i, 0.5, "label", matches.encode()));
    }
    SummaryState whole = state(rows);
    Collections.shuffle(rows, random);
    SummaryState first = SummaryState.decode(state(rows.subList(0, 13)).encode());
    SummaryState merged = SummaryState.merge(List.of(state(rows.subList(13, 40)), first));
    assertEquals(statistics(whole), statistics(merged));
    Statistics map50 = statistics(whole).get(SummaryKey.of("m", "int8", "label", "MAP50"));
    assertEquals(40, map50.getCount());
    assertTrue(map50.getMean() > 0 && map50.getMean() < 1, "" + map50.getMean());
  }

  private static long count(SummaryState state, String measure) {
    Statistics cc = statistics(state).get(SummaryKey.of("m", "int8", "f32", measure));
    return cc.getCount() + cc.getDegenerate();
  }

  /** Two steps may read one state at the same time. */
  @Test
  void statisticsLeaveTheStateAsItIs() throws IOException {
    SummaryState state = state(List.of(row(1, 0.5), row(2, 0.25)));
    byte[] before = state.encode();
    state.statistics();
    assertArrayEquals(before, state.encode());
  }
}
