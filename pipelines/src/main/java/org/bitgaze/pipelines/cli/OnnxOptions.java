package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that name ONNX files: models, and candidates that may replace one. */
final class OnnxOptions {
  private static final Pattern MODEL = Pattern.compile("(?:([^=]+)=)?([^=]+)");

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "ONNX models, float or quantized; a json file beside each may describe its input, see"
              + " 'bitgaze inspect' (default ID: the file's name)")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--candidate",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "replacements for the one network of --models or --networks, quantized or changed by any"
              + " tool: their maps are compared with the network's at f32, like those of a precision")
  private List<String> candidates = new ArrayList<>();

  @Option(
      names = "--outputs",
      paramLabel = "NAME",
      description =
          "the output with the scores of the classes, of ONNX models with several outputs")
  private String output;

  @Mixin private ClippedLogitsOption clipped;

  /** Whether a text names a file, and not a network of the zoo. */
  static boolean isFile(String text) {
    return text.endsWith(".onnx");
  }

  /** The models that are named, not opened. */
  List<Model> models() {
    return models.stream().map(this::model).toList();
  }

  /**
   * Checks that there are files if there are options for them.
   *
   * @throws UsageException if an option needs an ONNX file, and none is named
   */
  void check() {
    boolean files = !models.isEmpty() || !candidates.isEmpty();
    clipped.check(files);
    if (output != null && !files) {
      throw new UsageException("--outputs " + output + ": no ONNX file is named");
    }
  }

  /** Whether there are candidates. */
  boolean hasCandidates() {
    return !candidates.isEmpty();
  }

  /** The names of the candidates' maps. */
  List<String> labels() {
    return candidates.stream().map(text -> of(text).id()).toList();
  }

  /**
   * Adds the candidates, after checking that they can replace a model.
   *
   * @param explanation of the model
   * @param of the model
   * @param options check the candidates
   * @param protocol runs them
   * @throws UsageException if one does not fit, or two maps would have one name
   * @throws IOException if one cannot be read
   */
  ExplainImages withCandidates(
      ExplainImages explanation, ModelOptions.Checked of, ModelOptions options, Protocol protocol)
      throws IOException {
    ExplainImages all = explanation;
    for (String text : candidates) {
      Model own = model(text);
      ModelOptions.Checked candidate = options.candidate(own, of, protocol);
      candidate.warnings().forEach(w -> System.err.println("warning: " + w));
      all = all.withCandidate(own.id(), candidate.model());
      try {
        all.check();
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            "--candidate: " + e.getMessage() + "; ID=FILE gives it another name");
      }
    }
    return all;
  }

  /**
   * Refuses to quantize models that are quantized already.
   *
   * @throws UsageException if a model has quantized activations, and a precision is not a
   *     floating-point type
   * @throws IOException if one cannot be read
   */
  static void refuseQuantizedTwice(List<ModelOptions.Checked> models, Collection<String> precisions)
      throws IOException {
    for (ModelOptions.Checked checked : models) {
      if (!precisions.stream().allMatch(Precision::isFloat) && isQuantized(checked.model())) {
        throw new UsageException(
            checked.model()
                + " is quantized already: compare it as --candidate with the float network, or use"
                + " --precisions f32");
      }
    }
  }

  /**
   * Returns the model of a file.
   *
   * @param text {@code [ID=]FILE.onnx}
   * @throws UsageException if there is no such file, or the json file beside it is invalid
   */
  Model model(String text) {
    Model model = clipped.applyTo(of(text));
    return output == null ? model : model.withInput(model.input().withOutput(output));
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
    try {
      return Model.onnx(id, file);
    } catch (IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static boolean isQuantized(Model model) throws IOException {
    try (OpenModel open = model.open()) {
      return Quantization.isQuantized(open.network().graph());
    }
  }
}
