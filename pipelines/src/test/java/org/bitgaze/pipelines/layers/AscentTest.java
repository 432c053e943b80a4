package org.bitgaze.pipelines.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.Cost;
import org.junit.jupiter.api.Test;

/** The way up and back, on a network of three layers whose every number is known. */
class AscentTest {
  private static final QuantizableLayer BIG = new QuantizableLayer("big", true, 1000, 10);
  private static final QuantizableLayer SMALL = new QuantizableLayer("small", true, 10, 1000);
  private static final QuantizableLayer ADD = new QuantizableLayer("add", true, 0, 0);
  private static final List<QuantizableLayer> LAYERS = List.of(BIG, SMALL, ADD);
  private static final Precision INT4 = Precision.of("int4");
  private static final Precision INT8 = Precision.of("int8");
  private static final Map<QuantizableLayer, Double> HARM =
      Map.of(BIG, 0.3, SMALL, 0.1, ADD, 0.001);

  private static Ascent ascent(CostKind cost, Precision... rungs) {
    return new Ascent(LAYERS, List.of(rungs), cost);
  }

  /** At int8 a layer does a tenth of the harm that it does at int4. */
  private static double harm(QuantizableLayer layer, Precision precision) {
    return HARM.get(layer) * (precision.equals(INT4) ? 1 : 0.1);
  }

  private static List<String> steps(List<Configuration> way) {
    List<String> steps = new ArrayList<>();
    for (int i = 1; i < way.size(); i++) {
      for (QuantizableLayer layer : LAYERS) {
        if (!way.get(i).get(layer.name()).equals(way.get(i - 1).get(layer.name()))) {
          steps.add(layer.name() + " " + way.get(i).get(layer.name()));
        }
      }
    }
    return steps;
  }

  @Test
  void whatTakesMostHarmForItsCostComesFirst() {
    List<Configuration> way = ascent(CostKind.SIZE, INT4, Precision.F32).greedy(AscentTest::harm);
    // The addition is free; the small layer has 0.1 / 10, the big one 0.3 / 1000 a weight.
    assertEquals(List.of("add f32", "small f32", "big f32"), steps(way));
    assertEquals(
        List.of("add f32", "big f32", "small f32"),
        steps(ascent(CostKind.OPERATIONS, INT4, Precision.F32).greedy(AscentTest::harm)));
  }

  @Test
  void rungsAreClimbedOneByOne() {
    List<Configuration> way =
        ascent(CostKind.SIZE, INT4, INT8, Precision.F32).greedy(AscentTest::harm);
    assertEquals(
        // Harm taken away for each bit: 0.09 / 40, 0.27 / 4000, 0.01 / 240, 0.03 / 24000. What is
        // free goes all the way.
        List.of("add f32", "small int8", "big int8", "small f32", "big f32"), steps(way));
    assertEquals(way.get(0).get("big"), way.get(2).get("big"));
  }

  @Test
  void chanceIsRepeatable() {
    Ascent ascent = ascent(CostKind.SIZE, INT4, INT8, Precision.F32);
    assertEquals(ascent.random(1), ascent.random(1));
    assertNotEquals(ascent.random(1), ascent.random(2));
    assertEquals(6, steps(ascent.random(1)).size());
  }

  @Test
  void whatIsComparedHasNoLessToSpend() {
    Ascent ascent = ascent(CostKind.SIZE, INT4, Precision.F32);
    List<Configuration> way = ascent.greedy(AscentTest::harm);
    assertEquals(4 * 1010, CostKind.SIZE.of(Cost.of(LAYERS, way.get(0))));
    // Of two that cost as much, the addition's step is taken along.
    assertEquals(way.get(1), ascent.firstNotBelow(way, 4 * 1010));
    assertEquals(way.get(2), ascent.firstNotBelow(way, 4 * 1010 + 1));
    assertEquals(way.get(3), ascent.firstNotBelow(way, Long.MAX_VALUE));
  }

  @Test
  void whatIsFreeIsTakenAlong() {
    // Quantizing the addition helps, so it comes last on the way, and costs nothing there either.
    Ascent ascent = ascent(CostKind.SIZE, INT4, Precision.F32);
    List<Configuration> way = ascent.greedy((layer, p) -> layer == ADD ? -0.001 : harm(layer, p));
    assertEquals(List.of("small f32", "big f32", "add f32"), steps(way));
    assertEquals(way.get(3), ascent.firstNotBelow(way, ascent.cost(way.get(2))));
  }

  @Test
  void aScalePerChannelIsNoLowerRungThanNone() {
    Precision perChannel = Precision.of("int4-per-channel");
    Ascent ascent = ascent(CostKind.SIZE, INT4, perChannel, Precision.F32);
    Configuration bottom = ascent.bottom();
    Configuration above = bottom.with("big", LayerPrecision.of(perChannel));
    assertEquals(Optional.empty(), ascent.lowered(above, BIG));
    Configuration top = bottom.with("big", LayerPrecision.F32);
    assertEquals(above.get("big"), ascent.lowered(top, BIG).orElseThrow().get("big"));
    assertEquals(Optional.empty(), ascent.lowered(top, ADD));
  }

  @Test
  void aLayerThatDoesNotFitDoesNotEndTheTrimming() throws IOException {
    // Each may go by itself. The one that breaks the budget stands between two that may go
    // together.
    QuantizableLayer one = new QuantizableLayer("one", true, 100, 1);
    QuantizableLayer two = new QuantizableLayer("two", true, 100, 1);
    QuantizableLayer three = new QuantizableLayer("three", true, 20, 1);
    Ascent ascent =
        new Ascent(List.of(one, two, three), List.of(INT4, Precision.F32), CostKind.SIZE);
    Search search = new Search(List.of(Condition.parse("CC>=0.9")), CostKind.SIZE, 0.5, 0);
    Map<String, Double> harm = Map.of("one", 0.03, "two", 0.08, "three", 0.02);
    Descent.Runner runner =
        configurations -> {
          List<SummaryLine> lines = new ArrayList<>();
          for (Configuration c : configurations) {
            double cc = 1;
            for (QuantizableLayer layer : ascent.layers()) {
              cc -= c.get(layer.name()).isFloat() ? 0 : harm.get(layer.name());
            }
            lines.add(lineOf(c.name(), cc));
          }
          return new SweepEvaluation(lines);
        };
    Configuration top =
        new Configuration("top", LayerPrecision.F32, Map.of()).with("one", LayerPrecision.F32);
    Configuration trimmed =
        new Descent("m", ascent, search).trim(top, runner.run(List.of(top)), runner);
    // By harm for what is saved: one, two, three. With two it is 0.89 and 0.87, without it 0.95.
    assertEquals(
        List.of("int4", "f32", "int4"),
        Stream.of("one", "two", "three").map(l -> trimmed.get(l).toString()).toList());
  }

  private static SummaryLine lineOf(String name, double cc) {
    return new SummaryLine("m", name, "f32", "CC", 5, cc, 0.0, cc, cc, cc, cc, cc, cc, cc, 0);
  }

  /** A network whose drift is the sum of its layers' harm, but for the small one, which helps. */
  private static double drift(Configuration configuration) {
    double drift = 0;
    for (QuantizableLayer layer : LAYERS) {
      Precision p = configuration.get(layer.name()).weights();
      double harm = p.isFloat() ? 0 : harm(layer, p);
      drift += layer == SMALL ? -0.01 * harm : harm;
    }
    return drift;
  }

  private static SweepEvaluation run(List<Configuration> configurations) {
    List<SummaryLine> lines = new ArrayList<>();
    for (Configuration c : configurations) {
      double cc = 1 - drift(c);
      lines.add(lineOf(c.name(), cc));
    }
    return new SweepEvaluation(lines);
  }

  @Test
  void layersThatNeedNotBeAboveAreTrimmed() throws IOException {
    Ascent ascent = ascent(CostKind.SIZE, INT4, Precision.F32);
    Search search = new Search(List.of(Condition.parse("CC>=0.9")), CostKind.SIZE, 0.5, 0);
    Configuration all = ascent.greedy(AscentTest::harm).get(3).named("all");
    List<Integer> runs = new ArrayList<>();
    Configuration trimmed =
        new Descent("m", ascent, search)
            .trim(
                all,
                run(List.of(all)),
                configurations -> {
                  runs.add(configurations.size());
                  return run(configurations);
                });
    // The small one may go: it helps. The big one may not; the addition costs nothing.
    assertEquals("int4", trimmed.get("small").toString());
    assertEquals("f32", trimmed.get("big").toString());
    assertEquals("f32", trimmed.get("add").toString());
    assertEquals(List.of(2, 1), runs);
  }

  @Test
  void ofPrecisionsThatDoTheSameHarmTheNextIsPassedOver() {
    // By itself int8 takes nothing away from the big layer, f32 all.
    Ascent ascent = ascent(CostKind.SIZE, INT4, INT8, Precision.F32);
    List<Configuration> way =
        ascent.greedy((layer, p) -> layer == BIG ? 300 : HARM.get(layer) * p.bits());
    assertEquals(List.of("add f32", "big f32"), steps(way).subList(0, 2));
  }

  @Test
  void chanceDoesNotLoseByWhatIsFree() {
    List<Configuration> way = ascent(CostKind.SIZE, INT4, INT8, Precision.F32).random(3);
    assertEquals(List.of("add int8", "add f32"), steps(way).subList(0, 2));
  }

  @Test
  void lostMapsKeepNoBudget() {
    // Of six images two have no f32 map, and two more none in the configuration.
    List<SummaryLine> lines = new ArrayList<>();
    lines.add(of("c", "f32", "CC", 2, 1.0, 4));
    lines.add(of("f32", "centre", "CC", 4, 0.5, 2));
    SweepEvaluation evaluation = new SweepEvaluation(lines);
    assertEquals(0.5, evaluation.mean("m", "c", Reference.F32, StandardMeasure.CC));
    assertEquals(2, evaluation.effect("m", "c").vanished());
    assertEquals(0.5, evaluation.effect("m", "c").drift().mean());
    assertFalse(evaluation.holds("m", "c", List.of(Condition.parse("CC>=0.9"))));
    // Of a distance no mean stands for what is not there.
    lines.add(of("c", "f32", "KLD", 2, 0.01, 4));
    lines.add(of("f32", "centre", "KLD", 4, 0.5, 2));
    // Three images have masks: f32 has a map of each, the configuration of two.
    lines.add(of("c", "mask", "POINTING", 2, 1.0, 1));
    lines.add(of("f32", "mask", "POINTING", 3, 1.0, 0));
    SweepEvaluation more = new SweepEvaluation(lines);
    assertFalse(more.holds("m", "c", List.of(Condition.parse("KLD<=0.05"))));
    assertEquals(2.0 / 3, more.mean("m", "c", Reference.MASK, StandardMeasure.POINTING), 1e-12);
    assertTrue(more.holds("m", "f32", List.of(Condition.parse("CC>=1"))));
    assertTrue(more.holds("m", "f32", List.of(Condition.parse("FLIP<=0"))));
  }

  @Test
  void aSearchDoesNotBelieveAMeanThatIsOnlyJustEnough() {
    List<SummaryLine> lines = new ArrayList<>();
    lines.add(
        new SummaryLine(
            "m", "c", "f32", "CC", 9, 0.95, 0.1, 0.87, 1.03, 0.9, 0.9, 0.9, 0.9, 0.9, 0));
    lines.add(of("c", "f32", "FLIP", 9, 0.0, 0));
    SweepEvaluation evaluation = new SweepEvaluation(lines);
    List<Condition> budget = List.of(Condition.parse("CC>=0.9"), Condition.parse("FLIP<=5%"));
    assertTrue(evaluation.holds("m", "c", budget));
    assertFalse(evaluation.holdsSurely("m", "c", budget));
    assertTrue(
        evaluation.holdsSurely("m", "c", List.of(Condition.parse("CC>=0.85"), budget.get(1))));
  }

  private static SummaryLine of(
      String name, String reference, String measure, long count, double mean, long degenerate) {
    return new SummaryLine(
        "m",
        name,
        reference,
        measure,
        count,
        mean,
        null,
        null,
        null,
        mean,
        mean,
        mean,
        mean,
        mean,
        degenerate);
  }
}
