package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.train.Evaluation;
import org.bitgaze.train.Training;
import org.bitgaze.weights.Dtype;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.zoo.Architecture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze train}: a network learns to tell the classes of scenes. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Trains a network on synthetic scenes (see 'bitgaze scenes') and writes its weights as float16"
            + " safetensors, with a card that says how well it does. The networks that come with Bitgaze"
            + " were made so.",
    footer = {
      "",
      "Examples:",
      "  bitgaze train mobilenet_v2 --output weights/mobilenet_v2.safetensors",
      "  bitgaze train squeezenet1_0 --steps 1200 --learning-rate 5e-4 \\",
      "      --output weights/squeezenet1_0.safetensors"
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NETWORK",
      completionCandidates = Choices.Networks.class,
      description = "torchvision's name")
  private String network;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "NAME.safetensors; the card is NAME.md beside it")
  private Path output;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description =
          "of scenes and initial parameters; the held-out scenes have the next one (default:"
              + " ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--steps",
      defaultValue = "1900",
      description = "steps of the optimizer (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      description = "scenes per step (default: ${DEFAULT-VALUE})")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      defaultValue = "3e-3",
      description = "AdamW's largest learning rate (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Option(
      names = "--shards",
      defaultValue = "2",
      paramLabel = "N",
      description =
          "parts in which a step's scenes are taken, each by a thread of its own; the result depends"
              + " on it (default: ${DEFAULT-VALUE})")
  private int shards;

  @Option(
      names = "--held-out",
      defaultValue = "1000",
      paramLabel = "N",
      description = "scenes for the evaluation at the end (default: ${DEFAULT-VALUE})")
  private int heldOut;

  @Option(names = "--overwrite", description = "replace a file that is there")
  private boolean overwrite;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() throws IOException {
    Architecture zoo = check();
    long start = System.nanoTime();
    double[] running = {0, 0};
    TensorMap trained =
        new Training(zoo, SceneClass.ALL.size(), plan())
            .run(
                (number, step) -> {
                  running[0] += step.loss();
                  running[1] += step.correct();
                  int interval = 100;
                  if (number % interval == 0) {
                    System.out.printf(
                        Locale.ROOT,
                        "step %d of %d: loss %.3f, accuracy %.1f %%, %.0f s%n",
                        number,
                        steps,
                        running[0] / interval,
                        100 * running[1] / (interval * batchSize),
                        (System.nanoTime() - start) / 1e9);
                    running[0] = 0;
                    running[1] = 0;
                  }
                });
    double seconds = (System.nanoTime() - start) / 1e9;
    Path part = output.resolveSibling(output.getFileName() + ".part.safetensors");
    try {
      SafetensorsWriter.write(trained, Dtype.F16, metadata(), part);
      Evaluation evaluation =
          Evaluation.of(Model.zoo(network).withWeights(part), seed + 1, heldOut);
      String card = new TrainingCard(zoo, command(), seed, heldOut, seconds, evaluation).text();
      Files.writeString(card(), card);
      Files.move(part, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      System.out.print(card);
    } finally {
      Files.deleteIfExists(part);
    }
    return 0;
  }

  private Architecture check() {
    Architecture zoo;
    try {
      zoo = Architecture.of(network);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    if (!output.getFileName().toString().endsWith(".safetensors")) {
      throw new UsageException("--output " + output + " is no NAME.safetensors");
    }
    Path parent = output.toAbsolutePath().getParent();
    require(Files.isDirectory(parent), "--output " + output + ": " + parent + " is no folder");
    if (Files.exists(output) && !overwrite) {
      throw new UsageException(output + " exists; --overwrite replaces it");
    }
    require(steps >= 1, "--steps " + steps + " must be 1 or more");
    require(shards >= 1, "--shards " + shards + " must be 1 or more");
    // A batch norm has no variance of one image's 1 x 1 map.
    require(batchSize >= 2 * shards, "--batch-size " + batchSize + " must be twice --shards");
    require(heldOut >= 1, "--held-out " + heldOut + " must be 1 or more");
    return zoo;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }

  private Training.Plan plan() {
    return new Training.Plan(seed, steps, batchSize, learningRate, shards);
  }

  private Path card() {
    String name = output.getFileName().toString().replaceFirst("\\.safetensors$", ".md");
    return output.resolveSibling(name);
  }

  private String command() {
    return String.format(
        Locale.ROOT,
        "bitgaze train %s --seed %d --steps %d --batch-size %d"
            + " --learning-rate %s --shards %d --output %s",
        network,
        seed,
        steps,
        batchSize,
        learningRate,
        shards,
        output.getFileName());
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("network", network);
    metadata.put("command", command());
    metadata.put(Preprocessing.METADATA_KEY, Training.PREPROCESSING.toString());
    metadata.put("classes", String.join(",", SceneClass.ALL.stream().map(c -> "" + c).toList()));
    return metadata;
  }
}
