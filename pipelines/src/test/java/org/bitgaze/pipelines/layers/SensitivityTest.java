package org.bitgaze.pipelines.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.quant.sweep.SensitivityRun;
import org.junit.jupiter.api.Test;

class SensitivityTest {
  private static final Precision INT8 = Precision.of("int8");

  private static Sensitivity line(int index, double cc, double sqnr) {
    return new Sensitivity(
        "m",
        "int8",
        "only",
        "layer" + index,
        index,
        1,
        1,
        new Effect(
            value(cc).complement(),
            0,
            Map.of(),
            Map.of("f32_CC", value(cc), "f32_SQNR", value(sqnr))));
  }

  private static Estimate value(double mean) {
    return new Estimate(mean, mean - 0.1, mean + 0.2, 5, 0);
  }

  @Test
  void noiseThatTellsDriftIsNoDiscovery() {
    List<Sensitivity> lines = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      lines.add(line(i, 1 - 0.01 * i, 50 - i));
    }
    assertEquals(-1, RatioAgreement.of("m", "int8", lines).get(0).rho(), 1e-12);
    assertEquals(List.of(), QuietLayer.of("int8", lines));
    // One that is quiet now moves the map most. By hand: ranks of the ratio 1..8, of drift 8, 1..7.
    lines.set(0, line(0, 0.5, 50));
    double squares = 0;
    int[] signal = {8, 7, 6, 5, 4, 3, 2, 1};
    int[] drift = {8, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < 8; i++) {
      squares += (signal[i] - drift[i]) * (signal[i] - drift[i]);
    }
    assertEquals(
        1 - 6 * squares / (8 * 63), RatioAgreement.of("m", "int8", lines).get(0).rho(), 1e-12);
    List<QuietLayer> quiet = QuietLayer.of("int8", lines);
    assertEquals(1, quiet.size());
    assertEquals("layer0", quiet.get(0).line().layer());
  }

  @Test
  void driftIsOneMinusCorrelation() {
    Estimate drift = value(0.7).complement();
    assertEquals(0.3, drift.mean(), 1e-12);
    assertEquals(0.1, drift.low(), 1e-12);
    assertEquals(0.4, drift.high(), 1e-12);
  }

  @Test
  void everyLayerIsTriedInEveryWay() {
    QuantizableLayer conv = new QuantizableLayer("conv", true, 10, 10);
    QuantizableLayer add = new QuantizableLayer("add", true, 0, 0);
    QuantizableLayer linear = new QuantizableLayer("linear", false, 10, 10);
    List<String> names =
        SensitivityRun.of(List.of(conv, add, linear), INT8, EnumSet.allOf(QuantizedPart.class))
            .stream()
            .map(SensitivityRun::name)
            .toList();
    assertEquals(
        List.of(
            "int8",
            "int8 weights",
            "int8 activations",
            "int8 only conv",
            "int8 all-but conv",
            "int8 weights conv",
            "int8 activations conv",
            "int8 only add",
            "int8 all-but add",
            "int8 only linear",
            "int8 all-but linear"),
        names);
    SensitivityRun allBut =
        SensitivityRun.of(List.of(conv, add), INT8, List.of(QuantizedPart.ALL_BUT)).get(3);
    assertTrue(allBut.configuration().get("conv").isFloat());
    assertEquals("int8", allBut.configuration().get("add").toString());
    SensitivityRun weights =
        SensitivityRun.of(List.of(conv, add), INT8, List.of(QuantizedPart.WEIGHTS)).get(3);
    assertEquals("int8/f32", weights.configuration().get("conv").toString());
  }

  /** Student's and Wilson's intervals as SciPy and statsmodels compute them. */
  @Test
  void vanishedMapsCountAsNoCorrelation() {
    // 0.9, 0.8, 0.7 and two zeros: mean 0.48, sample deviation sqrt(0.197), t(4) 2.7764451.
    double std = 0.1;
    SummaryLine cc = summary("CC", 3, 0.8, std, 2);
    Estimate value = Estimate.of(cc, 2);
    assertEquals(0.48, value.mean(), 1e-12);
    double half = 2.7764451051977987 * Math.sqrt(0.197) / Math.sqrt(5);
    assertEquals(0.48 - half, value.low(), 1e-9);
    assertEquals(0.48 + half, value.high(), 1e-9);
    assertEquals(5, value.count());
    assertEquals(0, value.degenerate());
    assertEquals(0.0, Estimate.of(summary("CC", 0, null, null, 1), 1).mean());
    // 1 of 10: Wilson's 95 % interval.
    Estimate flips = Estimate.of(summary("FLIP", 10, 0.1, 0.3, 0));
    assertEquals(0.017876, flips.low(), 1e-5);
    assertEquals(0.404150, flips.high(), 1e-5);
    assertEquals(0.52, new SweepEvaluation(List.of(cc)).effect("m", "c").drift().mean(), 1e-12);
    Estimate difference = Estimate.of(new double[] {0.1, 0.2, 0.3});
    assertEquals(0.2, difference.mean(), 1e-12);
    // t(2) 4.3026527.
    assertEquals(0.2 - 4.302652729911275 * 0.1 / Math.sqrt(3), difference.low(), 1e-9);
  }

  private static SummaryLine summary(
      String measure, long count, Double mean, Double std, long degenerate) {
    return new SummaryLine(
        "m",
        "c",
        "f32",
        measure,
        count,
        mean,
        std,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        degenerate);
  }
}
