package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.MeasureCatalog;
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
    return Comparison.builder()
        .setKey("i" + image)
        .setModel("m")
        .setPrecision("int8")
        .setReference("f32")
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
