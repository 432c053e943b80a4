package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A compiled program that explains images in any number of configurations; any number of threads
 * may run it at once. Segments before the first layer in which a configuration differs from the
 * network in floating point, or from one that is quantized alike throughout, are computed once per
 * image. Maps and logits equal those of a {@link CamProgram} of the same configuration that was
 * compiled the same way, to the bit, in networks without attention. A {@code CamProgram} computes
 * attention in fused calls where it can, and this program does not, so that the last bits may
 * differ.
 *
 * <p>Its forward takes {@code images} (uint8, N x height x width x 3, RGB), {@code target} (int64,
 * N: the class to explain, or -1 for the reference's own top-1) and {@code configurations} (int64,
 * C x columns, see {@link SweepPlanner}), the first of which is the reference. It returns, for each
 * configuration, the maps (float32, C x N x h x w), the logits (float32, C x N x classes), the
 * explained classes (int64, C x N), whether the explained logit was clipped (int64, C x N), and the
 * signal-to-noise ratios of the target layer's activations and of the logits (float64, C x N x 2,
 * dB). Where the method has poles that the target layer's activations may come near, the share of
 * weights near a pole follows (float32, C x N).
 */
public final class SweepProgram extends ImageProgram {
  private final SweepPlanner planner;

  private SweepProgram(LoadedModule module, SweepPlanner planner) {
    super(module);
    this.planner = planner;
  }

  /**
   * Holds a program of this JVM, which is compiled if it is not there yet.
   *
   * @param key what it can compute
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static ProgramCache.Lease<SweepProgram> lease(SweepKey key) throws IOException {
    return ProgramCache.lease(
        SweepProgram.class,
        key,
        () -> {
          try (OpenModel model = key.model().open()) {
            return of(model, key.choices(), key.cam());
          }
        });
  }

  /**
   * Compiles a program for this JVM; its weights are not written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @param choices the precisions that a layer may have; the program holds the weights at each
   * @param method how the target layer's activations are weighed
   * @return the program
   * @throws IOException if a weight cannot be read
   * @throws IllegalArgumentException if the target layer is unfit, a range is missing, or dropout
   *     is active, which would draw anew for each configuration
   */
  public static SweepProgram of(OpenModel model, PrecisionAlternatives choices, MapMethod method)
      throws IOException {
    SweepText sweep = new SweepText(model, choices, method, OneDnnCalls.OF_ONE_SIZE);
    sweep.write(model.preprocessing().normalization());
    return new SweepProgram(
        LoadedModule.of(sweep.text(), sweep.network(), sweep.signature()), sweep.planner());
  }

  /**
   * Returns how much of the multiply-adds is saved by reuse.
   *
   * @param configurations the reference first
   * @return in [0, 1]: the share of the backbones of all configurations that is not computed
   * @throws IllegalArgumentException if a configuration does not fit this program
   */
  public double saved(List<Configuration> configurations) {
    SweepPlanner.Plan plan = planner.plan(configurations, true);
    return plan.multiplyAdds() == 0 ? 0 : 1 - (double) plan.computed() / plan.multiplyAdds();
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain for each image, or {@link CamProgram#OWN_CLASS} for that of
   *     the reference
   * @param configurations the reference first, which is {@link Configuration#F32}
   * @param threads threads inside libtorch for this call
   * @return for each image, in order, the results in the order of the configurations
   * @throws IllegalArgumentException if the images differ in size, there is not one target per
   *     image, or a configuration does not fit this program
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<List<SweepResult>> run(
      List<RgbImage> images, int[] targets, List<Configuration> configurations, int threads) {
    return run(images, targets, planner.plan(configurations, true), threads);
  }

  SweepPlanner planner() {
    return planner;
  }

  List<List<SweepResult>> run(
      List<RgbImage> images, int[] targets, SweepPlanner.Plan plan, int threads) {
    return run(
        images,
        arguments -> {
          Explanations.addTargets(arguments, targets, images.size());
          addConfigurations(arguments, plan.rows());
        },
        threads,
        results -> results(results, images.size(), plan.order()));
  }

  private static void addConfigurations(NDList arguments, List<long[]> rows) {
    long[] all = rows.stream().flatMapToLong(Arrays::stream).toArray();
    NDManager manager = arguments.getManager();
    arguments.add(manager.create(all, new Shape(rows.size(), all.length / rows.size())));
  }

  private static List<List<SweepResult>> results(NDList outputs, int images, List<Integer> order) {
    List<Explanation> explanations = Explanations.read(outputs);
    double[] ratios = outputs.get(4).toDoubleArray();
    List<List<SweepResult>> results = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      List<SweepResult> perImage = new ArrayList<>(Collections.nCopies(order.size(), null));
      for (int c = 0; c < order.size(); c++) {
        int row = c * images + i;
        Fidelity fidelity = Fidelity.of(ratios[2 * row], ratios[2 * row + 1]);
        perImage.set(order.get(c), new SweepResult(explanations.get(row), fidelity));
      }
      results.add(perImage);
    }
    return results;
  }
}
