package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.io.LocalFiles;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;
import picocli.CommandLine.Option;

/** The saliency maps with which networks' maps are compared. */
final class SaliencyOptions {
  @Nullable
  @Option(
      names = "--saliency",
      split = ",",
      paramLabel = "METHOD",
      completionCandidates = OptionValues.SaliencyMethods.class,
      description =
          "one or several methods, each compared separately: ${bundle:choices.saliency} (default:"
              + " fastgaze if its weights exist, else spectral-residual; and centre)")
  private List<SaliencyMethod.Choice> saliency;

  /** {@return options that choose methods} */
  static SaliencyOptions of(SaliencyMethod... methods) {
    SaliencyOptions options = new SaliencyOptions();
    options.saliency = new ArrayList<>();
    for (SaliencyMethod method : methods) {
      options.saliency.add(new SaliencyMethod.Choice(method, ""));
    }
    return options;
  }

  /**
   * Finds the files of the methods.
   *
   * @param networks where weights are searched
   * @throws UsageException if a folder or a file does not exist
   * @throws IllegalArgumentException if a method is given twice
   * @throws IOException if a file is damaged or of another network
   */
  List<SaliencyMethod.Choice> choices(NetworkOptions networks) throws IOException {
    List<String> texts =
        saliency == null
            ? networks.defaultSaliency()
            : saliency.stream().map(String::valueOf).collect(Collectors.toList());
    List<SaliencyMethod.Choice> choices = new ArrayList<>();
    for (SaliencyMethod.Choice choice : SaliencyMethod.parseAll(texts)) {
      choices.add(
          switch (choice.method().argument()) {
            case NONE -> choice;
            case OPTIONAL_FILE -> fastGaze(choice, networks);
            case FILE -> onnx(choice);
            case FOLDER -> folder(choice);
          });
    }
    return choices;
  }

  private static SaliencyMethod.Choice onnx(SaliencyMethod.Choice choice) throws IOException {
    Path file = LocalFiles.onnx(choice.argument());
    OnnxNetwork.readMap(file).requireFinite();
    return choice.at(file);
  }

  private static SaliencyMethod.Choice folder(SaliencyMethod.Choice choice) {
    Path folder = Path.of(choice.argument());
    UsageException.require(Files.isDirectory(folder), "--saliency: " + folder + " is not a folder");
    return choice.at(folder);
  }

  private static SaliencyMethod.Choice fastGaze(
      SaliencyMethod.Choice choice, NetworkOptions networks) throws IOException {
    Path file =
        choice.argument().isEmpty()
            ? networks.published(FastGaze.PUBLISHED)
            : LocalFiles.get(choice.argument());
    try (TensorSource weights = WeightsFile.open(file)) {
      FastGaze.network(weights);
    }
    return choice.at(file);
  }
}
