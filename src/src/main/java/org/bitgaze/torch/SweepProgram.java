package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.sweep.PrecisionAlternatives;

/**
 * A compiled program that explains images in any number of configurations at once; any number of
 * threads may run it. What precedes the first layer in which a configuration differs from the
 * network in floating point, or from one that is quantized alike throughout, is computed once per
 * image. Maps and logits are those of a {@link CamProgram} of the same configuration that was made
 * in the same way, to the bit.
 *
 * <p>Its forward takes {@code images} (uint8, N x height x width x 3, RGB), {@code target} (int64,
 * N: the class to explain, or -1 for the reference's own top-1) and {@code configurations} (int64,
 * C x columns, see {@link SweepPlan}), the first of which is the reference. It returns, for each
 * configuration, the maps (float32, C x N x h x w), the logits (float32, C x N x classes), the
 * explained classes (int64, C x N), the signal-to-noise ratios of the target layer's activations
 * and of the logits (float64, C x N x 2, dB) and whether the explained logit was clipped (int64, C
 * x N).
 */
public final class SweepProgram implements AutoCloseable {
  private final LoadedModule program;
  private final SweepOutline outline;
  private final PrecisionAlternatives choices;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param outline what it returned
   * @param choices what it was compiled with
   * @throws IOException if it cannot be read
   */
  public SweepProgram(Path file, SweepOutline outline, PrecisionAlternatives choices)
      throws IOException {
    this.program = LoadedModule.of(file);
    this.outline = outline;
    this.choices = choices;
  }

  private SweepProgram(SweepText sweep, PrecisionAlternatives choices) throws IOException {
    this.program = LoadedModule.of(sweep.text(), sweep.network(), SweepText.SIGNATURE);
    this.outline = sweep.outline();
    this.choices = choices;
  }

  /**
   * Compiles a program for this JVM; nothing of its weights is written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @param choices the precisions that a layer may have; the program holds the weights at each
   * @param method how the target layer's activations are weighed
   * @return the program
   * @throws IOException if a weight cannot be read
   * @throws IllegalArgumentException if the target layer is unfit, a range is missing, or the
   *     network drops at random, of which each configuration would have its own draw
   */
  public static SweepProgram of(OpenModel model, PrecisionAlternatives choices, MapMethod method)
      throws IOException {
    return new SweepProgram(written(model, choices, method, Convolutions.THIS_MACHINE), choices);
  }

  private static SweepText written(
      OpenModel model, PrecisionAlternatives choices, MapMethod method, Convolutions convolutions) {
    SweepText sweep = new SweepText(model, choices, method, convolutions);
    ProgramText text = sweep.text();
    text.normalizeImages(model.preprocessing().normalization());
    sweep.write();
    if (!text.streams().isEmpty()) {
      throw new IllegalArgumentException(
          text.graph().name() + " drops at random, which cannot be swept");
    }
    return sweep;
  }

  /**
   * Compiles a program to a file.
   *
   * @param model an open model
   * @param choices the precisions that a layer may have; the program holds the weights at each
   * @param method how the target layer's activations are weighed
   * @param file where to write the archive
   * @return what the program can be told
   * @throws IOException if a weight cannot be read or the file not written
   * @throws IllegalArgumentException if the target layer is unfit, a range is missing, or the
   *     network drops at random, of which each configuration would have its own draw
   */
  public static SweepOutline compile(
      OpenModel model, PrecisionAlternatives choices, MapMethod method, Path file)
      throws IOException {
    SweepText sweep = written(model, choices, method, Convolutions.PORTABLE);
    TorchScriptArchive.write(file, sweep.text(), sweep.network(), SweepText.SIGNATURE);
    return sweep.outline();
  }

  /**
   * Returns what the program can be told.
   *
   * @return its layers and segments
   */
  public SweepOutline outline() {
    return outline;
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link CamProgram#OWN_CLASS} for that of
   *     the reference
   * @param configurations the reference first, which is {@link Configuration#F32}
   * @param threads threads inside libtorch for this call
   * @return for each image, in order, the results in the order of the configurations
   * @throws IllegalArgumentException if the images differ in size, there is not one target each, or
   *     a configuration is none of this program's
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<List<SweepResult>> run(
      List<RgbImage> images, int[] targets, List<Configuration> configurations, int threads) {
    return run(images, targets, plan(configurations), threads);
  }

  /**
   * Says how much of the multiply-adds need not be computed, for they were before.
   *
   * @param configurations the reference first
   * @return in [0, 1]: the share that is left out of the backbones of all configurations
   * @throws IllegalArgumentException if a configuration is none of this program's
   */
  public double saved(List<Configuration> configurations) {
    SweepPlan plan = plan(configurations);
    return 1 - (double) plan.computed() / plan.multiplyAdds();
  }

  /** Plans a call, from which it can be seen what it costs. */
  SweepPlan plan(List<Configuration> configurations) {
    return SweepPlan.of(outline, choices, configurations, true);
  }

  /** The same without reuse, for comparison. */
  SweepPlan wholePlan(List<Configuration> configurations) {
    return SweepPlan.of(outline, choices, configurations, false);
  }

  List<List<SweepResult>> run(List<RgbImage> images, int[] targets, SweepPlan plan, int threads) {
    if (targets.length != images.size()) {
      throw new IllegalArgumentException(
          targets.length + " targets for " + images.size() + " images");
    }
    int runs = plan.rows().size();
    try (NDManager manager = program.newManager()) {
      long[] wide = Arrays.stream(targets).asLongStream().toArray();
      long[] rows = plan.rows().stream().flatMapToLong(Arrays::stream).toArray();
      NDList inputs =
          new NDList(
              Batches.toArray(manager, images),
              manager.create(wide),
              manager.create(rows, new Shape(runs, rows.length / runs)));
      NDList outputs = program.run(inputs, threads);
      StartupClock.isThere();
      NDArray cams = outputs.get(0);
      int height = (int) cams.getShape().get(2);
      int width = (int) cams.getShape().get(3);
      float[] maps = cams.toFloatArray();
      float[] logits = outputs.get(1).toFloatArray();
      long[] explained = outputs.get(2).toLongArray();
      double[] ratios = outputs.get(3).toDoubleArray();
      long[] clipped = outputs.get(4).toLongArray();
      int classes = logits.length / runs / images.size();
      List<List<SweepResult>> results = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        List<SweepResult> result = new ArrayList<>(Collections.nCopies(runs, null));
        for (int r = 0; r < runs; r++) {
          int at = r * images.size() + i;
          Explanation explanation =
              new Explanation(
                  new Heatmap(height, width, slice(maps, at, height * width)),
                  slice(logits, at, classes),
                  (int) explained[at],
                  clipped[at] != 0);
          result.set(
              plan.order().get(r),
              new SweepResult(explanation, Fidelity.of(ratios[2 * at], ratios[2 * at + 1])));
        }
        results.add(result);
      }
      return results;
    }
  }

  @Override
  public void close() {
    program.close();
  }

  private static float[] slice(float[] all, int index, int size) {
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }
}
