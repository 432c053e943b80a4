package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.job.MaskInput;
import org.bitgaze.pipelines.job.OneImage;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.pipelines.view.RepeatedAudit;
import org.bitgaze.saliency.PrecomputedMaps;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * An audit, restored from the settings in its {@code run.json} and the ranges in its {@code
 * calibration.json}. Relative paths are relative to where this process runs.
 */
final class RestoredAudit implements RepeatedAudit {
  /** Settings that do not change an image's maps, or are replaced. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "calibration",
          "config",
          "dry-run",
          "gate",
          "maps",
          "output",
          "overwrite",
          "runner",
          "sample",
          "show",
          "workers",
          "worst");

  /** Held while maps are computed. Images are read meanwhile. */
  private final Object computing = new Object();

  private final RunInfo run;
  private final Path folder;
  @Nullable private AuditCommand command;
  @Nullable private AuditInput images;
  @Nullable private OneImage repeated;

  /**
   * Names an audit; nothing is read yet.
   *
   * @param run its description
   * @param folder its results
   */
  RestoredAudit(RunInfo run, Path folder) {
    this.run = run;
    this.folder = folder;
  }

  @Override
  public RgbImage read(String key) throws IOException {
    requireBelowInput(key);
    return images().read(key);
  }

  @Override
  public Optional<RgbImage> mask(String key) throws IOException {
    requireBelowInput(key);
    if (images() instanceof AuditInput.Synthetic) {
      return Optional.of(Scene.of(key).mask());
    }
    Optional<MaskInput> masks = command().masks();
    if (masks.isEmpty()) {
      return Optional.empty();
    }
    Path file = new PrecomputedMaps(Path.of(masks.get().folder()), "masks").find(key);
    return Optional.of(masks.get().values().read(Files.readAllBytes(file)));
  }

  /** A key is a path below the input folder; rows are a file, which anyone may have written. */
  private static void requireBelowInput(String key) throws IOException {
    try {
      Path path = Path.of(key);
      if (!path.isAbsolute() && path.normalize().equals(path) && !path.startsWith("..")) {
        return;
      }
    } catch (InvalidPathException e) {
      // Reported below.
    }
    throw new IOException("the key '" + key + "' is not a path below the input folder");
  }

  @Override
  public Path explain(String key, Path work) throws IOException {
    requireBelowInput(key);
    synchronized (computing) {
      prepare();
      return repeated.explain(key, work);
    }
  }

  @Override
  public void prepare() throws IOException {
    synchronized (computing) {
      if (repeated == null) {
        AuditPlan plan = command().plan();
        requireSameWeights(plan);
        repeated =
            new OneImage(RunnerSetup.of("direct", OptionalInt.empty(), List.of()), images(), plan);
      }
    }
  }

  private synchronized AuditInput images() throws IOException {
    if (images == null) {
      images = command().found();
    }
    return images;
  }

  private synchronized AuditCommand command() throws IOException {
    if (command == null) {
      try {
        CommandLine.ParseResult parsed = Bitgaze.commandLine().parseArgs(arguments());
        command = (AuditCommand) parsed.subcommand().commandSpec().userObject();
      } catch (CommandLine.ParameterException e) {
        throw new IOException(
            folder.resolve("run.json") + ": the settings are not understood: " + e.getMessage(), e);
      }
    }
    return command;
  }

  private String[] arguments() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("audit"));
    switch (run.command().size() > 1 ? run.command().get(1) : "") {
      case "audit" -> addSettings(arguments);
      case "demo" -> addDemo(arguments);
      default ->
          throw new IOException(
              folder.resolve("run.json") + " is not of 'bitgaze audit' or 'bitgaze demo'");
    }
    Path ranges = folder.resolve("calibration.json");
    if (!CalibrationFile.read(ranges).models().isEmpty()) {
      arguments.add("--calibration=" + ranges);
    }
    arguments.addAll(List.of("--maps", "--worst=1", "--sample=1", "--output=" + folder));
    return arguments.toArray(String[]::new);
  }

  private void addSettings(List<String> arguments) throws IOException {
    CommandSpec audit = Bitgaze.commandLine().getSubcommands().get("audit").getCommandSpec();
    Set<String> known = audit.options().stream().map(Misuse::name).collect(Collectors.toSet());
    for (Map.Entry<String, String> setting : run.settings().entrySet()) {
      String name = setting.getKey();
      // Files of saliency methods are recorded beside the options, under names with a space.
      if (LEFT_OUT.contains(name) || name.contains(" ") || setting.getValue().isEmpty()) {
        continue;
      }
      if (!known.contains(name)) {
        throw new IOException(
            folder.resolve("run.json") + ": this version of Bitgaze has no option --" + name);
      }
      arguments.add("--" + name + "=" + setting.getValue());
    }
  }

  private void addDemo(List<String> arguments) {
    Map<String, String> settings = run.settings();
    List<String> precisions = new ArrayList<>(run.precisions());
    precisions.remove("f32");
    arguments.addAll(
        List.of(
            "--input=scenes:" + settings.get("scenes") + ":" + settings.get("seed"),
            "--weights=scenes",
            "--networks="
                + run.models().stream()
                    .map(m -> m.network().equals("onnx") ? m.id() + "=" + m.location() : m.id())
                    .collect(Collectors.joining(",")),
            "--precisions=" + String.join(",", precisions),
            "--saliency=spectral-residual,centre"));
  }

  /** Maps of other weights would be wrong without a sign of it. */
  private void requireSameWeights(AuditPlan plan) throws IOException {
    for (Model model : plan.models()) {
      requireSame(run.models(), model.id(), model);
    }
    for (ExplainImages.Candidate candidate : plan.candidates()) {
      requireSame(run.candidates(), candidate.label(), candidate.model());
    }
    for (SaliencyMethod.Choice choice : plan.saliency()) {
      if (choice.method().argument().isFile()) {
        String recorded = run.settings().getOrDefault(choice.method().id() + " weights", "");
        String found = Digests.of(Path.of(choice.argument()));
        require(recorded.endsWith(found), choice.argument(), recorded, found);
      }
    }
  }

  private static void requireSame(List<RunInfo.ModelInfo> known, String id, Model model)
      throws IOException {
    String expected =
        known.stream()
            .filter(m -> m.id().equals(id))
            .findFirst()
            .map(RunInfo.ModelInfo::sha256)
            .orElse("unknown");
    String found = Digests.of(model.stream());
    require(found.equals(expected), model.location(), expected, found);
  }

  private static void require(boolean same, String location, String expected, String found)
      throws IOException {
    if (!same) {
      throw new IOException(
          "%s: the weights have changed since the audit: SHA-256 %s, expected %s"
              .formatted(location, found, expected));
    }
  }

  @Override
  public void close() {
    synchronized (computing) {
      if (repeated != null) {
        repeated.close();
        repeated = null;
      }
    }
  }
}
