package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import javax.annotation.Nullable;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.perturb.Perturbations;
import org.bitgaze.model.Model;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine.Option;

/** The options that choose what runs networks, and how much a map may cost. */
final class EngineOptions {
  private static final String ON = "on";
  private static final String OFF = "off";

  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "[ID=]torch|onnxruntime",
      completionCandidates = OptionValues.Engines.class,
      description =
          "what runs the networks, or one network or candidate: ${bundle:choices.engines};"
              + " onnxruntime needs a --cam without gradient, such as occlusion (default: torch)")
  private List<String> engines = new ArrayList<>();

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "torch,onnxruntime",
      description =
          "runs each ONNX file in both engines, and compares the simulation with the deployed file:"
              + " rows of the maps ID with the reference 'deployed'; maps of ONNX Runtime are called"
              + " ID.deployed")
  private List<String> both = new ArrayList<>();

  @Nullable
  @Option(
      names = "--locate",
      arity = "0..1",
      fallbackValue = "4",
      paramLabel = "STEPS",
      description =
          "with --engines: finds the first node of which more than 1 %% of the elements differ by more"
              + " than STEPS steps of quantization between simulation and deployed file, on 4 images"
              + " (default: 4 steps)")
  private Double located;

  @Option(
      names = "--ort-optimizations",
      paramLabel = "on|off",
      description =
          "graph optimizations of ONNX Runtime; on, as files are deployed (default:"
              + " ${DEFAULT-VALUE})")
  private String optimizations = ON;

  @Nullable
  @Option(
      names = "--perturbations",
      paramLabel = "N",
      description =
          "number of masks of --cam rise (default: 512), or of channels of --cam scorecam (default:"
              + " 64); fewer cost less")
  private Integer perturbations;

  private final Set<String> used = new HashSet<>();

  /**
   * Chooses a model's engine.
   *
   * @param model a network or a candidate
   * @return the model
   * @throws UsageException if the engine does not exist, or cannot run the model
   */
  Model applyTo(Model model) {
    UsageException.require(
        List.of(ON, OFF).contains(optimizations),
        "--ort-optimizations " + optimizations + ": expected is on or off");
    Engine engine = Engine.TORCH;
    boolean named = false;
    for (String text : engines) {
      int separator = text.indexOf('=');
      String id = separator < 0 ? "" : text.substring(0, separator);
      Engine stated = UsageException.checking(() -> Engine.of(text.substring(separator + 1)));
      if (id.equals(model.id()) || (id.isEmpty() && !named)) {
        engine = stated;
        named = !id.isEmpty();
        used.add(id);
      }
    }
    Engine chosen = engine;
    return UsageException.checking(
        () -> model.withEngine(chosen).withGraphOptimizations(optimizations.equals(ON)));
  }

  /**
   * Checks that every name of a model is the name of one.
   *
   * @throws UsageException if a name is unknown, or an option has no effect
   */
  void requireUsed(List<Model> models) {
    for (String text : engines) {
      String id = text.contains("=") ? text.substring(0, text.indexOf('=')) : "";
      UsageException.require(
          used.contains(id),
          "--engine %s: no network or candidate is called '%s'; there are %s"
              .formatted(text, id, models.stream().map(Model::id).toList()));
    }
    UsageException.require(
        optimizations.equals(ON) || models.stream().anyMatch(EngineOptions::isDeployed),
        "--ort-optimizations is for --engine onnxruntime");
  }

  /**
   * Tells whether files run in both engines.
   *
   * @throws UsageException if other engines are named than these two, or one is also chosen
   */
  boolean areBoth() {
    if (both.isEmpty()) {
      return false;
    }
    UsageException.require(
        new HashSet<>(both).equals(Set.of(Engine.TORCH.id(), Engine.ONNX_RUNTIME.id())),
        "--engines " + String.join(",", both) + ": expected is torch,onnxruntime");
    UsageException.require(engines.isEmpty(), "--engines runs both engines; leave --engine out");
    return true;
  }

  /**
   * Tells how far tensors may differ.
   *
   * @return steps of quantization; empty if no difference is sought
   * @throws UsageException if files do not run in both engines, or the number is negative
   */
  OptionalDouble located() {
    if (located == null) {
      return OptionalDouble.empty();
    }
    UsageException.require(areBoth(), "--locate needs --engines torch,onnxruntime");
    UsageException.require(located >= 0, "--locate must be at least 0, not " + located);
    return OptionalDouble.of(located);
  }

  static boolean isDeployed(Model model) {
    return model.engine() == Engine.ONNX_RUNTIME;
  }

  /** {@return an explanation with the number of perturbations} */
  ExplainImages applyTo(ExplainImages explanation, MapMethod method) {
    if (perturbations == null) {
      return explanation;
    }
    UsageException.requireAtLeast(1, "--perturbations", perturbations);
    UsageException.require(
        Perturbations.isBounded(method),
        "--perturbations is for --cam rise, rise.coverage and scorecam, not " + method.id());
    return explanation.withPerturbations(perturbations);
  }
}
