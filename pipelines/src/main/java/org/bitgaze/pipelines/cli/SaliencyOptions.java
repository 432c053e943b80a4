package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;
import picocli.CommandLine.Option;

/** With which saliency maps networks' maps are compared. */
final class SaliencyOptions {
  @Option(
      names = "--saliency",
      split = ",",
      paramLabel = "METHOD",
      completionCandidates = Choices.SaliencyMethods.class,
      description =
          "one or several, each compared for itself: ${bundle:choices.saliency} (default: fastgaze"
              + " where its weights are, else spectral-residual; and centre)")
  private List<String> saliency;

  /**
   * Finds what the methods need.
   *
   * @param models where weights are looked for
   * @throws UsageException if a folder or a file is not there
   * @throws IllegalArgumentException if there is no such method, or one is named twice
   * @throws IOException if a file of weights is damaged or of another network
   */
  List<SaliencyMethod.Choice> choices(ModelOptions models) throws IOException {
    List<SaliencyMethod.Choice> choices = new ArrayList<>();
    List<String> said = saliency == null ? models.usualSaliency() : saliency;
    for (SaliencyMethod.Choice choice : SaliencyMethod.parseAll(said)) {
      choices.add(
          switch (choice.method().argument()) {
            case NONE -> choice;
            case OPTIONAL_FILE -> fastGaze(choice, models);
            case FILE -> {
              Path file = Path.of(choice.argument());
              require(Files.isRegularFile(file), "--saliency: there is no file " + file);
              OnnxNetwork.readMap(file).requireFinite();
              yield choice.at(file);
            }
            case FOLDER -> {
              Path folder = Path.of(choice.argument());
              require(Files.isDirectory(folder), "--saliency: " + folder + " is no folder");
              yield choice.at(folder);
            }
          });
    }
    return choices;
  }

  /** Finds the file of weights, which workers read under the same path, and looks into it. */
  private static SaliencyMethod.Choice fastGaze(SaliencyMethod.Choice choice, ModelOptions models)
      throws IOException {
    Path file =
        choice.argument().isEmpty()
            ? models.findPublished(FastGaze.PUBLISHED)
            : Path.of(choice.argument());
    require(Files.isRegularFile(file), "--saliency: there is no file " + file);
    try (TensorSource weights = WeightsFile.open(file)) {
      FastGaze.network(weights);
    }
    return choice.at(file);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}
