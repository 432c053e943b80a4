package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitgaze.graph.TargetLayer;
import org.bitgaze.program.ModelFile;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.SceneWeights;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Option;

/** Options that every command has which runs a network. */
final class ModelOptions {
  @Option(
      names = "--weights",
      paramLabel = "DIR|scenes",
      description =
          "folder with <network>.safetensors or <network>.pth; what is not there is looked for in the"
              + " cache, see 'bitgaze weights'; or 'scenes', the networks that come along, trained on"
              + " synthetic scenes")
  private String weights;

  @Option(
      names = "--target-layer",
      paramLabel = "LAYER",
      description =
          "layer whose activations are weighed, by torchvision's name (default: the last)")
  private String targetLayer;

  @Option(
      names = "--cam",
      defaultValue = "gradcam++",
      paramLabel = "METHOD",
      description =
          "gradcam++, gradcam, xgradcam, layercam or hirescam (default: ${DEFAULT-VALUE})")
  private String cam;

  /**
   * A network that was checked.
   *
   * @param file the network and its weights
   * @param targetLayer a layer that fits
   * @param classes size of its output
   */
  record Checked(ModelFile file, String targetLayer, int classes) {}

  String cam() {
    return cam;
  }

  /**
   * Finds and checks a network's weights and the target layer.
   *
   * @throws UsageException if there are no weights, saying how to get them
   * @throws IOException if the weights are damaged or of another network
   */
  Checked check(String network) throws IOException {
    Architecture zoo = Architecture.of(network);
    ModelFile model = model(network);
    String layer = targetLayer == null ? zoo.targetLayer() : targetLayer;
    try (ModelFile.Opened opened = model.open()) {
      TargetLayer.resolve(opened.network().graph(), layer);
      return new Checked(model, layer, opened.classes());
    }
  }

  private ModelFile model(String network) {
    if (SceneWeights.LOCATION.equals(weights)) {
      return ModelFile.ofScenes(network);
    }
    if (weights != null && !Files.isDirectory(Path.of(weights))) {
      throw new UsageException("--weights " + weights + " is no folder");
    }
    return new ModelFile(network, find(network).toAbsolutePath().normalize().toString());
  }

  private Path find(String network) {
    WeightsFolder cache = WeightsFolder.cache();
    WeightsFolder first = weights == null ? cache : new WeightsFolder(Path.of(weights));
    return first
        .find(network)
        .or(() -> cache.find(network))
        .orElseThrow(
            () ->
                new UsageException(
                    "no weights for "
                        + network
                        + (weights == null ? "" : " in " + weights)
                        + "; 'bitgaze weights pull "
                        + network
                        + "' downloads torchvision's, or --weights DIR names a folder with "
                        + network
                        + ".safetensors or .pth"));
  }
}
