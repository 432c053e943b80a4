package org.bitgaze.train;

import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.scene.Scene;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.zoo.Architecture;

/**
 * Trains a network to classify scenes. No scene is seen twice, so the network cannot memorize them;
 * there is no augmentation and no dropout. (Images of half the size, at a quarter of the cost, were
 * tried: what the network learns from them hardly transfers to the full size.)
 */
public final class Training {
  /** The preprocessing of networks that are trained here. */
  public static final Preprocessing PREPROCESSING = Preprocessing.IMAGENET;

  private static final double LABEL_SMOOTHING = 0.1;
  private static final float WEIGHT_DECAY = 0.01f;

  private final Architecture network;
  private final int classes;
  private final Graph graph;
  private final Plan plan;

  /**
   * The settings of a training.
   *
   * @param seed seed of the scenes and the initial parameters
   * @param steps number of steps
   * @param batchSize scenes per step
   * @param learningRate largest learning rate; it is reached after a twentieth of the steps and
   *     then falls to 0 along a cosine
   * @param shards number of parts of a batch, each computed by its own thread
   */
  public record Plan(long seed, int steps, int batchSize, double learningRate, int shards) {}

  /** Receives the result of each step. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called after a step.
     *
     * @param number steps so far
     * @param step loss and correct answers of the step's batch
     */
    void stepped(int number, TrainingProgram.Step step);
  }

  /**
   * Prepares a training.
   *
   * @param network the architecture
   * @param classes number of classes
   * @param plan the settings
   * @throws IllegalArgumentException if the trained parameters could not be stored as the network's
   *     state dict
   */
  public Training(Architecture network, int classes, Plan plan) {
    this.network = network;
    this.classes = classes;
    this.graph = network.graph(classes);
    this.plan = plan;
    network.requireTrainable(classes);
  }

  /**
   * Trains the network.
   *
   * @param listener receives the result of each step
   * @return the final parameters, as the network's state dict
   * @throws IOException if the program cannot be written to a temporary file
   */
  public TensorMap run(Listener listener) throws IOException {
    Optimizer optimizer = optimizer();
    try (TrainingProgram program = compile()) {
      CompletableFuture<Batch> next = batch(0);
      for (int i = 0; i < plan.steps(); i++) {
        Batch batch = next.join();
        if (i + 1 < plan.steps()) {
          next = batch(i + 1); // drawn during this step
        }
        listener.stepped(i + 1, program.step(batch.images(), batch.labels(), optimizer));
      }
      return new TensorMap(
          "trained parameters", network.stored(classes, program.parameters().tensors()));
    }
  }

  private TrainingProgram compile() throws IOException {
    Path folder = Files.createTempDirectory("bitgaze-train");
    Path file = folder.resolve("program.pt");
    try {
      TrainingProgram.compile(
          graph,
          PREPROCESSING.framing().height(),
          PREPROCESSING.normalization(),
          LABEL_SMOOTHING,
          file);
      return new TrainingProgram(file, graph, Initialization.of(graph, plan.seed()), plan.shards());
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private Optimizer optimizer() {
    int warmUp = Math.max(1, plan.steps() / 20);
    Tracker falling =
        Tracker.cosine()
            .setBaseValue((float) plan.learningRate())
            .optFinalValue(0)
            .setMaxUpdates(Math.max(1, plan.steps() - warmUp))
            .build();
    return Optimizer.adamW()
        .optLearningRateTracker(
            Tracker.warmUp()
                .setMainTracker(falling)
                .optWarmUpSteps(warmUp)
                .optWarmUpBeginValue(0)
                .build())
        .optWeightDecays(WEIGHT_DECAY)
        .build();
  }

  private record Batch(List<RgbImage> images, int[] labels) {}

  private CompletableFuture<Batch> batch(int step) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<RgbImage> images = new ArrayList<>();
          int[] labels = new int[plan.batchSize()];
          for (int i = 0; i < labels.length; i++) {
            Scene scene = Scene.of(plan.seed(), (long) step * labels.length + i);
            images.add(PREPROCESSING.apply(scene.picture()));
            labels[i] = scene.label().index();
          }
          return new Batch(images, labels);
        });
  }
}
