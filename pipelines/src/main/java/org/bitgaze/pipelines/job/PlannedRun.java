package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.Engine;
import org.bitgaze.model.Model;
import org.bitgaze.model.ModelInfo;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.ort.OrtRuntime;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Versions;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.ExplainImages;

/** Describes a run before it starts, for {@code run.json}. */
final class PlannedRun {
  private PlannedRun() {}

  /** Describes everything that is known before the run. Digests weights: a second per gigabyte. */
  static RunInfo of(AuditPlan plan, JobDescription description) throws IOException {
    List<RunInfo.ModelInfo> models = new ArrayList<>();
    for (Model model : plan.models()) {
      models.add(info(model.id(), model));
    }
    List<RunInfo.ModelInfo> candidates = new ArrayList<>();
    for (ExplainImages.Candidate candidate : plan.candidates()) {
      candidates.add(info(candidate.label(), candidate.model()));
    }
    return new RunInfo(
        description.command(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        0,
        Map.of(),
        Map.of(),
        settings(plan, description),
        models,
        candidates,
        plan.mapLabels(),
        plan.measureIds(),
        plan.ranges().id(),
        plan.protocol().title(),
        plan.vanished().id(),
        plan.gate().toString(),
        description.classNames(),
        Versions.read(),
        Host.describe());
  }

  private static RunInfo.ModelInfo info(String id, Model model) throws IOException {
    ModelInfo known = model.info();
    return new RunInfo.ModelInfo(
        id,
        model.title(),
        model.network(),
        known.targetLayer(),
        model.preparation(),
        known.classes(),
        model.location(),
        Digests.of(model.stream()),
        known.notices());
  }

  /** The given settings, and the files that saliency methods use. */
  private static Map<String, String> settings(AuditPlan plan, JobDescription description)
      throws IOException {
    Map<String, String> settings = new LinkedHashMap<>(description.settings());
    for (ExplainImages explanation : plan.explanations()) {
      for (Model model : explanation.models()) {
        if (model.engine() == Engine.ONNX_RUNTIME) {
          settings.put("engine of " + model.id(), OrtRuntime.describe(model.graphOptimizations()));
        }
      }
    }
    plan.methods()
        .forEach(
            (id, method) -> {
              if (method != plan.protocol().cam()) {
                settings.put("CAM method of " + id, method.id());
              }
            });
    for (SaliencyMethod.Choice choice : plan.saliency()) {
      if (choice.method().argument().isFile()) {
        Path file = Path.of(choice.argument());
        settings.put(choice.method().id() + " weights", file + ", SHA-256 " + Digests.of(file));
        if (choice.method() == SaliencyMethod.ONNX) {
          InputDescription input = InputDescription.of(file);
          if (!input.equals(InputDescription.DEFAULT)) {
            settings.put(choice.method().id() + " input", input.toString());
          }
        }
      }
    }
    return settings;
  }
}
