package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.choice.Named;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.ClippedLogits;
import picocli.CommandLine.Option;

/** Options that name networks of one's own, and what is to stand in for one. */
final class OnnxOptions {
  private static final Pattern MODEL = Pattern.compile("(?:([^=]+)=)?([^=]+)");

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "networks of one's own, float or quantized; what a file does not say of its input stands"
              + " beside it, see 'bitgaze inspect' (default ID: the file's name)")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--candidate",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "what is to stand in for the one network of --models or --networks, quantized or changed by"
              + " any tool: its maps are compared with the network's at f32 as a precision's are")
  private List<String> candidates = new ArrayList<>();

  @Option(
      names = "--clipped-logits",
      paramLabel = "HOW",
      defaultValue = "pass",
      description =
          "the gradient where a quantized file's own output is clipped: pass, or strict, and the map"
              + " vanishes (default: ${DEFAULT-VALUE})")
  private String clipped;

  /** Whether a text names a file, and no network of the zoo. */
  static boolean isFile(String text) {
    return text.endsWith(".onnx");
  }

  /** The models that are named, not opened. */
  List<Model> models() {
    return models.stream().map(this::model).toList();
  }

  /** Whether something is to stand in for a model. */
  boolean hasCandidates() {
    return !candidates.isEmpty();
  }

  /** The candidates by their labels, not opened. */
  Map<String, Model> candidates() {
    Map<String, Model> all = new LinkedHashMap<>();
    for (String text : candidates) {
      Model candidate = model(text);
      if (all.put(candidate.id(), candidate) != null) {
        throw new UsageException("two candidates are called '" + candidate.id() + "'");
      }
    }
    return all;
  }

  /**
   * Takes a file as a model.
   *
   * @param text {@code [ID=]FILE.onnx}
   * @throws UsageException if there is no such file
   */
  Model model(String text) {
    return of(text).withClippedLogits(Named.find(ClippedLogits.values(), "gradient", clipped));
  }

  static Model of(String text) {
    Matcher parts = MODEL.matcher(text);
    if (!parts.matches()) {
      throw new UsageException("'" + text + "' is not [ID=]FILE.onnx");
    }
    Path file = Path.of(parts.group(2));
    if (!Files.isRegularFile(file)) {
      throw new UsageException("there is no file " + file);
    }
    String stem = file.getFileName().toString().replaceFirst("\\.onnx$", "");
    String id = parts.group(1) == null ? stem.replaceAll("[^A-Za-z0-9_.-]", "-") : parts.group(1);
    return Model.onnx(id, file);
  }

  /** Whether a model's file holds quantized activations. */
  static boolean isQuantized(Model model) throws IOException {
    try (var open = model.open()) {
      return org.bitgaze.quant.Quantization.isQuantized(open.network().graph());
    }
  }
}
