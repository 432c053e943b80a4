package org.bitgaze.pipelines.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.quant.Configuration;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.MatchImages;
import org.junit.jupiter.api.Test;

class AuditPlanTest {
  private static AuditPlan plan(Optional<String> labels, String... models) {
    List<ExplainImages> explanations = new ArrayList<>();
    for (String model : models) {
      explanations.add(ExplainImages.of(Model.zoo(model).withWeights(new Weights.Scenes())));
    }
    return new AuditPlan(
        explanations,
        SaliencyMethod.DEFAULT,
        labels,
        Optional.empty(),
        Set.of(StandardMeasure.CC),
        ChooseExhibits.Choice.NONE,
        false,
        KnownProtocol.DEPLOYMENT.protocol(),
        VanishedMaps.EXCLUDE,
        Gate.NONE,
        32,
        Optional.empty());
  }

  /** In a job over layers, each model has its own configurations. */
  @Test
  void labelsAreThoseOfAllModels() {
    AuditPlan sweep =
        plan(Optional.empty(), "squeezenet1_0", "mobilenet_v2")
            .together(
                Map.of(
                    "squeezenet1_0",
                    List.of(Configuration.of("int8"), Configuration.of("int4").named("a only")),
                    "mobilenet_v2",
                    List.of(Configuration.of("int8"), Configuration.of("int4").named("b only"))),
                Set.of(StandardMeasure.CC));
    assertEquals(List.of("f32", "int8", "a only", "b only"), sweep.mapLabels());
  }

  /** Keys that are joined with labels are spread over workers after the join, and only then. */
  @Test
  void keysAreSpreadOnce() {
    for (Optional<String> labels : List.of(Optional.<String>empty(), Optional.of("labels.csv"))) {
      RunnerSetup runner = RunnerSetup.of("direct", OptionalInt.of(1), List.of());
      Pipeline pipeline = Pipeline.create(runner.options());
      new AuditInput.Files(
              MatchImages.in("photos"), new ImageCount(1, Optional.empty(), 0, List.of()))
          .audit(pipeline, plan(labels, "squeezenet1_0"), runner);
      List<String> spreads = new ArrayList<>();
      pipeline.traverseTopologically(
          new Pipeline.PipelineVisitor.Defaults() {
            @Override
            public void leaveCompositeTransform(TransformHierarchy.Node node) {
              if (node.getFullName().endsWith("SpreadKeys/Gather")) {
                spreads.add(node.getFullName());
              }
            }

            @Override
            public void visitPrimitiveTransform(TransformHierarchy.Node node) {
              if (node.getFullName().endsWith("SpreadKeys/Gather")) {
                spreads.add(node.getFullName());
              }
            }
          });
      assertEquals(1, spreads.size(), spreads.toString());
    }
  }
}
