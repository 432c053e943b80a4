package org.bitgaze.train;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.optimizer.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;

/**
 * A compiled program that trains a network, and the network's current parameters. A batch is split
 * into shards, which run in parallel, each on one thread (libtorch's own threads gain little here).
 * Each shard has its own batch statistics, so results depend on the number of shards but not on the
 * number of cores.
 */
public final class TrainingProgram implements AutoCloseable {
  private static final String SIGNATURE =
      "images: Tensor,\n    labels: Tensor,\n    parameters: Tensor,\n    statistics: Tensor)"
          + " -> Tuple[Tensor, Tensor, Tensor]";

  private final Model model;
  private final ParameterLayout trainedLayout;
  private final ParameterLayout statisticsLayout;
  private final NDArray trained;
  private final List<NDArray> statistics = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param graph the network it was compiled from
   * @param initial the initial parameters, including running statistics
   * @param shards number of parts of a batch
   * @throws IOException if the program cannot be read
   */
  public TrainingProgram(Path file, Graph graph, Map<String, Tensor> initial, int shards)
      throws IOException {
    this.model = TorchEngine.load(file);
    this.trainedLayout = ParameterLayout.trained(graph);
    this.statisticsLayout = ParameterLayout.statistics(graph);
    this.threads = Executors.newFixedThreadPool(shards);
    NDManager manager = model.getNDManager();
    this.trained = manager.create(trainedLayout.join(initial));
    for (int i = 0; i < shards; i++) {
      statistics.add(manager.create(statisticsLayout.join(initial)));
    }
  }

  /**
   * Compiles a program. Its forward takes {@code images} (uint8, N x height x width x 3, RGB),
   * {@code labels} (int64, N), and the parameters and the running statistics, each as one vector
   * laid out by {@link ParameterLayout}; it moves the statistics towards the batch's and returns
   * the mean cross-entropy with smoothed labels, the logits (float32, N x classes) and the gradient
   * of the loss with respect to the parameters. Dropouts are the identity, because libtorch's
   * generator is shared by all threads and cannot be seeded per thread.
   *
   * @param graph the network as built, without folding
   * @param side height and width of the images
   * @param normalization the images' normalization
   * @param labelSmoothing share of the label that is spread over all classes, in [0, 1)
   * @param file the archive to write
   * @throws IOException if the file cannot be written
   */
  public static void compile(
      Graph graph, int side, Normalization normalization, double labelSmoothing, Path file)
      throws IOException {
    ProgramText text = ProgramText.ofVariables(graph, Size.of(side));
    InputText.of(normalization).write(text);
    text.add("torch.set_grad_enabled(True)");
    text.add("trained = torch.requires_grad_(torch.detach(parameters), True)");
    split(text, ParameterLayout.trained(graph), "trained");
    split(text, ParameterLayout.statistics(graph), "statistics");
    text.write(graph.names(), ProgramText.Use.DIFFERENTIATED);
    text.add("logits = " + text.variable(graph.output().name()));
    text.add(
        "loss = torch.cross_entropy_loss(logits, labels, None, 1, -100, " + labelSmoothing + ")");
    text.add("gradients = torch.grad([loss], [trained], None, None, False, False)");
    text.add("gradient = unchecked_cast(Tensor, gradients[0])");
    text.add("torch.set_grad_enabled(False)");
    text.add("return (torch.detach(loss), torch.detach(logits), gradient)");
    Network none = new Network(graph, new TensorMap(graph.name(), Map.of()));
    TorchScriptArchive.write(file, text, none, SIGNATURE);
  }

  /** Binds the parts of a vector. A split has one backward step for all parts; views have many. */
  private static void split(ProgramText text, ParameterLayout layout, String vector) {
    if (layout.size() == 0) {
      return;
    }
    String parts = vector + "_parts";
    List<Integer> sizes = new ArrayList<>();
    layout.shapes().values().forEach(shape -> sizes.add((int) Tensor.elements(shape)));
    text.add(parts + " = torch.split_with_sizes(" + vector + ", " + sizes + ", 0)");
    int i = 0;
    for (Map.Entry<String, int[]> part : layout.shapes().entrySet()) {
      String shape = Arrays.toString(part.getValue());
      text.bindParameter(part.getKey(), "torch.view(" + parts + "[" + i++ + "], " + shape + ")");
    }
  }

  /**
   * The loss of a batch and its gradient.
   *
   * @param loss mean cross-entropy with smoothed labels
   * @param correct number of images whose largest logit is the label's
   * @param values parameter name to the gradient with respect to it
   */
  public record Gradient(double loss, int correct, Map<String, Tensor> values) {}

  /**
   * The result of a step.
   *
   * @param loss mean cross-entropy with smoothed labels, before the step
   * @param correct number of images whose largest logit was the label's, before the step
   */
  public record Step(double loss, int correct) {}

  /**
   * Computes the loss and its gradient without a step. It does update the running statistics.
   *
   * @param images a batch of images of one size, at least one per shard
   * @param labels the images' classes
   * @return the gradient at the current parameters
   */
  public Gradient gradient(List<RgbImage> images, int[] labels) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      Shard all = run(manager, images, labels);
      float[] values = all.gradient().toFloatArray();
      return new Gradient(all.loss(), all.correct(), trainedLayout.split(values));
    }
  }

  /**
   * Takes one step of stochastic gradient descent.
   *
   * @param images a batch of images of one size, at least one per shard
   * @param labels the images' classes
   * @param optimizer the optimizer, the same for all steps
   * @return the batch's loss and correct answers
   */
  public Step step(List<RgbImage> images, int[] labels, Optimizer optimizer) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      Shard all = run(manager, images, labels);
      optimizer.update("parameters", trained, all.gradient());
      return new Step(all.loss(), all.correct());
    }
  }

  /** {@return a copy of the current parameters and running statistics (the shards' mean)} */
  public TensorMap parameters() {
    Map<String, Tensor> all = trainedLayout.split(trained.toFloatArray());
    try (NDManager manager = model.getNDManager().newSubManager()) {
      NDArray sum = statistics.get(0).duplicate();
      sum.attach(manager);
      statistics.subList(1, statistics.size()).forEach(sum::addi);
      all.putAll(statisticsLayout.split(sum.divi(statistics.size()).toFloatArray()));
    }
    return new TensorMap("trained parameters", all);
  }

  @Override
  public void close() {
    threads.shutdown();
    model.close();
  }

  private record Shard(double loss, int correct, NDArray gradient) {}

  /** Returns a batch's loss and gradient: the shards' means, weighted by size. */
  private Shard run(NDManager manager, List<RgbImage> images, int[] labels) {
    int shards = statistics.size();
    List<Future<Shard>> running = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      int from = i * labels.length / shards;
      int to = (i + 1) * labels.length / shards;
      NDArray own = statistics.get(i);
      running.add(
          threads.submit(
              () ->
                  shard(
                      manager,
                      images.subList(from, to),
                      Arrays.copyOfRange(labels, from, to),
                      own)));
    }
    double loss = 0;
    int correct = 0;
    NDArray gradient = null;
    try {
      for (int i = 0; i < shards; i++) {
        Shard shard = running.get(i).get();
        int size = (i + 1) * labels.length / shards - i * labels.length / shards;
        double share = (double) size / labels.length;
        loss += share * shard.loss();
        correct += shard.correct();
        NDArray weighted = shard.gradient().muli(share);
        gradient = gradient == null ? weighted : gradient.addi(weighted);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted", e);
    } catch (ExecutionException e) {
      finish(running);
      throw new IllegalStateException("a step failed", e.getCause());
    }
    return new Shard(loss, correct, gradient);
  }

  /** Waits for all shards, because none may free what others still use. */
  private static void finish(List<Future<Shard>> running) {
    for (Future<Shard> shard : running) {
      try {
        shard.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException e) {
        // The first failure is reported already.
      }
    }
  }

  private Shard shard(NDManager manager, List<RgbImage> images, int[] labels, NDArray own) {
    long[] wide = Arrays.stream(labels).asLongStream().toArray();
    NDArray batch = Batches.toArray(manager, images);
    NDList inputs = new NDList(batch, manager.create(wide), trained, own);
    NDList outputs = TorchEngine.run(model, inputs, 1);
    float[] logits = outputs.get(1).toFloatArray();
    return new Shard(outputs.get(0).getFloat(), correct(logits, labels), outputs.get(2));
  }

  private static int correct(float[] logits, int[] labels) {
    int classes = logits.length / labels.length;
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        if (logits[i * classes + c] > logits[i * classes + best]) {
          best = c;
        }
      }
      correct += best == labels[i] ? 1 : 0;
    }
    return correct;
  }
}
