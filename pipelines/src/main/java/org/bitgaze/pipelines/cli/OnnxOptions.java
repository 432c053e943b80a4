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

  @Mixin private ClippedLogitsOption clipped;

  /** Whether a text names a file, and no network of the zoo. */
  static boolean isFile(String text) {
    return text.endsWith(".onnx");
  }

  /** The models that are named, not opened. */
  List<Model> models() {
    return models.stream().map(this::model).toList();
  }

  /**
   * Refuses what is said of files where there are none.
   *
   * @throws UsageException if the gradient of clipped logits is chosen, and no file is named
   */
  void check() {
    clipped.check(!models.isEmpty() || !candidates.isEmpty());
  }

  /** Whether something is to stand in for a model. */
  boolean hasCandidates() {
    return !candidates.isEmpty();
  }

  /** What candidates' maps are called. */
  List<String> labels() {
    return candidates.stream().map(text -> of(text).id()).toList();
  }

  /**
   * Adds what is to stand in for a model, after checking that it can.
   *
   * @param explanation of the model
   * @param of the model
   * @param options how networks are checked
   * @param protocol how they are run
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
   * Refuses to quantize what is quantized already.
   *
   * @throws UsageException if a model's file holds quantized activations, and a precision is none
   *     of floating point
   * @throws IOException if one cannot be read
   */
  static void refuseQuantizedTwice(List<ModelOptions.Checked> models, Collection<String> precisions)
      throws IOException {
    for (ModelOptions.Checked checked : models) {
      if (!precisions.stream().allMatch(Precision::isFloat) && isQuantized(checked.model())) {
        throw new UsageException(
            checked.model()
                + " is quantized already: compare it as --candidate with the float network, or say"
                + " --precisions f32");
      }
    }
  }

  /**
   * Takes a file as a model.
   *
   * @param text {@code [ID=]FILE.onnx}
   * @throws UsageException if there is no such file, or what stands beside it is not known
   */
  Model model(String text) {
    return clipped.applyTo(of(text));
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
