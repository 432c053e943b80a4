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

/** {@code bitgaze train}: trains a network on synthetic scenes. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Trains a network on synthetic scenes (see 'bitgaze scenes') and writes its weights as float16"
            + " safetensors, with a description of its accuracy. The bundled CNNs were trained in"
            + " this way.",
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
      completionCandidates = OptionValues.Networks.class,
      description = "name of a network of the zoo")
  private Architecture network;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "NAME.safetensors; the description is NAME.md beside it")
  private Path output;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "seed of the scenes and the initial parameters; the held-out scenes have the next seed"
              + " (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "steps of the optimizer (default: ${DEFAULT-VALUE})")
  private int steps = 1900;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "scenes per step (default: ${DEFAULT-VALUE})")
  private int batchSize = 32;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "AdamW's largest learning rate (default: ${DEFAULT-VALUE})")
  private double learningRate = 3e-3;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description =
          "parts of a step's scenes, with one thread each; changes the result (default:"
              + " ${DEFAULT-VALUE})")
  private int shards = 2;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      description = "scenes for the final evaluation (default: ${DEFAULT-VALUE})")
  private int heldOut = 1000;

  @Option(names = "--overwrite", description = "replace an existing file")
  private boolean overwrite;

  @Mixin private ConfigOption config;

  @Override
  public Integer call() throws IOException {
    check();
    long start = System.nanoTime();
    double[] running = {0, 0};
    TensorMap trained =
        UsageException.checking(() -> new Training(network, SceneClass.ALL.size(), plan()))
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
          Evaluation.of(Model.zoo(network.id()).withWeights(part), seed + 1, heldOut);
      String card = new TrainingCard(network, command(), seed, heldOut, seconds, evaluation).text();
      Files.writeString(card(), card);
      Files.move(part, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      System.out.print(card);
    } finally {
      Files.deleteIfExists(part);
    }
    return ExitCode.OK;
  }

  private void check() {
    UsageException.require(
        output.getFileName().toString().endsWith(".safetensors"),
        "--output " + output + " must end with .safetensors");
    Path parent = output.toAbsolutePath().getParent();
    UsageException.require(
        Files.isDirectory(parent), "--output " + output + ": " + parent + " is not a folder");
    UsageException.require(
        overwrite || !Files.exists(output), output + " exists; --overwrite replaces it");
    UsageException.requireAtLeast(1, "--steps", steps);
    UsageException.requireAtLeast(1, "--shards", shards);
    // A batch norm has no variance over one image's 1 x 1 map.
    UsageException.requireAtLeast(2L * shards, "--batch-size, with this --shards,", batchSize);
    UsageException.requireAtLeast(1, "--held-out", heldOut);
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
        network.id(),
        seed,
        steps,
        batchSize,
        learningRate,
        shards,
        output.getFileName());
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("network", network.id());
    metadata.put("command", command());
    metadata.put(Preprocessing.METADATA_KEY, Training.PREPROCESSING.toString());
    metadata.put("classes", String.join(",", SceneClass.ALL.stream().map(c -> "" + c).toList()));
    return metadata;
  }
}
