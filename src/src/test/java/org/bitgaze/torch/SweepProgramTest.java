package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Resize;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.testing.Golden;
import org.bitgaze.zoo.LayerChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One program for all configurations does what one for each does, to the bit. */
class SweepProgramTest {
  private static final Precision INT8 = Precision.of("int8");
  private static final Precision INT4 = Precision.of("int4-per-channel");

  @ParameterizedTest
  @CsvSource({
    "squeezenet1_0, deployment, static",
    "mobilenet_v2, deployment, static",
    "mobilenet_v2, deployment, dynamic",
    "squeezenet1_0, paper, static",
    "mobilenet_v2, paper, dynamic"
  })
  void equalsProgramsOfOneConfiguration(String network, String how, String ranges)
      throws IOException {
    Execution paper =
        new Execution(Resize.CROP, Mode.EVAL, ActivationScheme.PAPER, LayerChoice.LAST);
    Model model =
        Model.zoo(network)
            .withWeights(new Weights.Scenes())
            .withExecution(how.equals("paper") ? paper : Execution.DEPLOYMENT);
    List<RgbImage> images = Golden.scenePictures("crop").subList(0, 1);
    Ranges observed = observe(model, images);
    PrecisionAlternatives choices =
        new PrecisionAlternatives(
            List.of(ranged(observed, ranges, INT8), ranged(observed, ranges, INT4)));
    try (var lease =
        SweepProgram.lease(new SweepKey(model, choices, MapMethod.GRADCAM_PLUS_PLUS))) {
      SweepProgram sweep = lease.program();
      List<Configuration> configurations = configurations(sweep.planner().layers());
      List<SweepResult> found = sweep.run(images, new int[] {-1}, configurations, 1).get(0);
      List<SweepResult> whole =
          sweep.run(images, new int[] {-1}, sweep.planner().plan(configurations, false), 1).get(0);
      int target = found.get(0).explanation().topClass();
      for (int i = 0; i < configurations.size(); i++) {
        Configuration configuration = configurations.get(i);
        Quantization quantization =
            configuration.isFloat()
                ? Quantization.NONE
                : ranges.equals("static")
                    ? new Quantization.Static(configuration, observed)
                    : new Quantization.Dynamic(configuration);
        ProgramKey key = new ProgramKey(model, quantization, MapMethod.GRADCAM_PLUS_PLUS);
        try (var alone = CamProgram.lease(key)) {
          Explanation expected =
              alone.program().run(images, new int[] {target}, List.of(), 1).get(0);
          assertSame(expected, found.get(i).explanation(), configuration.name());
        }
        assertSame(
            whole.get(i).explanation(), found.get(i).explanation(), configuration + ", whole");
        assertEquals(whole.get(i).fidelity(), found.get(i).fidelity(), configuration.name());
      }
      assertSame(found.get(1).explanation(), found.get(2).explanation(), "everything on");
      assertSame(found.get(0).explanation(), found.get(3).explanation(), "everything off");
    }
  }

  private static void assertSame(Explanation expected, Explanation found, String what) {
    assertArrayEquals(expected.logits(), found.logits(), what);
    assertArrayEquals(expected.cam().values(), found.cam().values(), what);
    assertEquals(expected.explained(), found.explained(), what);
    assertEquals(expected.clipped(), found.clipped(), what);
  }

  private static List<Configuration> configurations(List<String> layers) {
    Map<String, LayerPrecision> on = new HashMap<>();
    Map<String, LayerPrecision> off = new HashMap<>();
    Map<String, LayerPrecision> mixed = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      on.put(layers.get(i), LayerPrecision.of(INT8));
      off.put(layers.get(i), LayerPrecision.F32);
      if (i % 3 > 0) {
        mixed.put(layers.get(i), new LayerPrecision(i % 2 == 0 ? INT4 : INT8, INT8));
      }
    }
    List<Configuration> all = new ArrayList<>();
    all.add(Configuration.F32);
    all.add(Configuration.uniform(INT8));
    all.add(new Configuration("on", LayerPrecision.F32, on));
    all.add(new Configuration("off", LayerPrecision.of(INT8), off));
    all.add(new Configuration("mixed", LayerPrecision.F32, mixed));
    for (int i : new int[] {0, 1, layers.size() / 2, layers.size() - 1}) {
      LayerPrecision only = LayerPrecision.of(INT4);
      String layer = layers.get(i);
      all.add(new Configuration("only " + layer, LayerPrecision.F32, Map.of(layer, only)));
      all.add(
          new Configuration(
              "all but " + layer, LayerPrecision.of(INT8), Map.of(layer, LayerPrecision.F32)));
    }
    return all;
  }

  private static Quantization.Ranged ranged(Ranges observed, String ranges, Precision precision) {
    return ranges.equals("static")
        ? new Quantization.Static(precision, observed)
        : new Quantization.Dynamic(precision);
  }

  private static Ranges observe(Model model, List<RgbImage> images) throws IOException {
    Observations all = new Observations();
    try (var observer = ObserverProgram.lease(model)) {
      observer.program().run(images).forEach(all::add);
    }
    return all.ranges(RangeMode.MINMAX);
  }

  @Test
  void halfOfTheWorkIsLeft() throws IOException {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    PrecisionAlternatives choices =
        new PrecisionAlternatives(List.of(new Quantization.Dynamic(INT8)));
    try (var lease =
        SweepProgram.lease(new SweepKey(model, choices, MapMethod.GRADCAM_PLUS_PLUS))) {
      List<String> layers = lease.program().planner().layers();
      List<Configuration> configurations = new ArrayList<>();
      configurations.add(Configuration.F32);
      for (String layer : layers) {
        configurations.add(
            new Configuration(layer, LayerPrecision.F32, Map.of(layer, LayerPrecision.of(INT8))));
      }
      SweepPlanner planner = lease.program().planner();
      SweepPlanner.Plan plan = planner.plan(configurations, true);
      assertTrue(plan.computed() < 0.7 * plan.multiplyAdds(), plan.computed() + "");
      assertEquals(plan.multiplyAdds(), planner.plan(configurations, false).computed());
      // The first layer is the input: all is computed behind it. Nothing is, behind the last.
      assertEquals(0, plan.rows().get(1)[SweepPlanner.FIRST]);
      long last = plan.rows().get(layers.size())[SweepPlanner.FIRST];
      assertEquals(planner.segments(), last);
    }
  }

  @Test
  void whatIsNoConfigurationOfTheProgramIsRefused() throws IOException {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    PrecisionAlternatives choices =
        new PrecisionAlternatives(List.of(new Quantization.Dynamic(INT8)));
    List<RgbImage> images = Golden.scenePictures("crop").subList(0, 1);
    try (var lease =
        SweepProgram.lease(new SweepKey(model, choices, MapMethod.GRADCAM_PLUS_PLUS))) {
      for (List<Configuration> wrong :
          List.of(
              List.<Configuration>of(),
              List.of(Configuration.uniform(INT8)),
              List.of(Configuration.F32, Configuration.of("int4")),
              List.of(
                  Configuration.F32, Configuration.F32.with("conv9", LayerPrecision.of(INT8))))) {
        assertThrows(
            IllegalArgumentException.class,
            () -> lease.program().run(images, new int[] {-1}, wrong, 1),
            wrong.toString());
      }
    }
  }
}
