package org.bitgaze.pipelines.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Versions;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.ExplainImages;

/** Writes down what is about to run. */
final class PlannedRun {
  private PlannedRun() {}

  /**
   * All that is known before the job runs. Weights are digested, which takes a second a gigabyte;
   * that they can be read has been seen before.
   */
  static RunInfo of(AuditPlan plan, AuditJob.Description description) throws IOException {
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
    try (OpenModel open = model.open()) {
      return new RunInfo.ModelInfo(
          id,
          model.title(),
          model.network(),
          open.targetLayer(),
          model.preparation(),
          open.classes(),
          model.location(),
          Digests.of(model.stream()));
    }
  }

  /** The settings as they were said, and what saliency's weights are, wherever they were found. */
  private static Map<String, String> settings(AuditPlan plan, AuditJob.Description description)
      throws IOException {
    Map<String, String> settings = new LinkedHashMap<>(description.settings());
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
