package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;

/**
 * A compiled program that explains images; any number of threads may run it at once. Its forward
 * takes {@code images} (uint8, N x height x width x 3, RGB) and {@code target} (int64, N: the class
 * to explain, or -1 for the network's own top-1) and returns the maps (float32, N x h x w, not
 * negative, not scaled), the logits (float32, N x classes) and the explained classes (int64, N).
 * Where dropout drops it also takes {@code streams} (int64, N x layers, see {@link
 * DropoutStreams}); where logits are quantized it also returns whether the explained one was
 * clipped (int64, N: 1 or 0).
 */
public final class CamProgram implements AutoCloseable {
  /** Explain the class that the network itself finds most likely. */
  public static final int OWN_CLASS = -1;

  private final LoadedModule program;
  private final DropoutStreams streams;

  /**
   * Loads a program that draws no random numbers.
   *
   * @param file an archive that {@link #compile} wrote
   * @throws IOException if it cannot be read
   */
  public CamProgram(Path file) throws IOException {
    this(file, DropoutStreams.NONE);
  }

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param streams what it returned
   * @throws IOException if it cannot be read
   */
  public CamProgram(Path file, DropoutStreams streams) throws IOException {
    this(LoadedModule.of(file), streams);
  }

  private CamProgram(LoadedModule program, DropoutStreams streams) {
    this.program = program;
    this.streams = streams;
  }

  /**
   * Compiles a program for this JVM; nothing of its weights is written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @param quantization what to do with weights and activations
   * @param method how the target layer's activations are weighed
   * @param arithmetic what the part before the target layer computes with
   * @return the program
   * @throws IOException if a weight cannot be read
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   * @throws IllegalStateException if the arithmetic is of integers of 8 bits, and this machine's
   *     kernels saturate
   */
  public static CamProgram of(
      OpenModel model, Quantization quantization, MapMethod method, Arithmetic arithmetic)
      throws IOException {
    CamText text = new CamText(model, quantization, method, arithmetic, Convolutions.THIS_MACHINE);
    ProgramText written = text.write();
    if (text.isWide()) {
      IntegerKernels.requireExact();
    }
    return new CamProgram(
        LoadedModule.of(written, text.network(), text.signature("images")), text.streams());
  }

  /**
   * Checks that integer arithmetic at 8 bits is exact on this machine, as {@link #of} does for the
   * programs that need it.
   *
   * @throws IOException if the check cannot be compiled
   * @throws IllegalStateException if this machine's kernels saturate
   */
  public static void requireExactIntegers() throws IOException {
    IntegerKernels.requireExact();
  }

  /**
   * Compiles a program in simulated arithmetic to a file, for any machine: see the other method of
   * this name.
   *
   * @param model an open model
   * @param quantization what to do with weights and activations
   * @param method how the target layer's activations are weighed
   * @param file where to write the archive
   * @return the random streams that it draws from
   * @throws IOException if a weight cannot be read or the file not written
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  public static DropoutStreams compile(
      OpenModel model, Quantization quantization, MapMethod method, Path file) throws IOException {
    return compile(model, quantization, method, Arithmetic.SIMULATED, file);
  }

  /**
   * Compiles a program to a file, for any machine. Where {@link #of} works around this machine's
   * oneDNN, last bits differ, and values that lie on the edge of two steps.
   *
   * @param model an open model
   * @param quantization what to do with weights and activations
   * @param method how the target layer's activations are weighed
   * @param arithmetic what the part before the target layer computes with
   * @param file where to write the archive
   * @return the random streams that it draws from
   * @throws IOException if a weight cannot be read or the file not written
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  public static DropoutStreams compile(
      OpenModel model,
      Quantization quantization,
      MapMethod method,
      Arithmetic arithmetic,
      Path file)
      throws IOException {
    CamText cam = new CamText(model, quantization, method, arithmetic, Convolutions.PORTABLE);
    TorchScriptArchive.write(file, cam.write(), cam.network(), cam.signature("images"));
    return cam.streams();
  }

  /**
   * Says what integer kernels compute of a program, without reading weights.
   *
   * @param model an open model
   * @param quantization what to do with weights and activations
   * @param arithmetic what the part before the target layer computes with
   * @return what they compute and what they do not; nothing in simulated arithmetic
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  public static IntegerCoverage coverage(
      OpenModel model, Quantization quantization, Arithmetic arithmetic) {
    CamText cam =
        new CamText(
            model, quantization, MapMethod.GRADCAM_PLUS_PLUS, arithmetic, Convolutions.PORTABLE);
    cam.write();
    return cam.coverage();
  }

  /**
   * Explains a batch of images with a program that draws no random numbers.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link #OWN_CLASS}
   * @return one explanation per image, in order
   * @throws IllegalArgumentException if the images differ in size, or there is not one target each
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<Explanation> run(List<RgbImage> images, int[] targets) {
    return run(images, targets, List.of(), 1);
  }

  /**
   * Explains a batch of images with several threads inside libtorch.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link #OWN_CLASS}
   * @param draws what decides each image's random numbers; a program that draws none ignores it
   * @param threads threads for this call
   * @return one explanation per image, in order
   * @throws IllegalArgumentException if the images differ in size, or there is not one target, and
   *     one draw where the program wants it, each
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<Explanation> run(
      List<RgbImage> images, int[] targets, List<RandomKey> draws, int threads) {
    if (targets.length != images.size()) {
      throw new IllegalArgumentException(
          targets.length + " targets for " + images.size() + " images");
    }
    for (int target : targets) {
      if (target < OWN_CLASS) {
        throw new IllegalArgumentException(target + " is no class");
      }
    }
    try (NDManager manager = program.newManager()) {
      long[] wide = Arrays.stream(targets).asLongStream().toArray();
      NDList inputs = new NDList(Batches.toArray(manager, images), manager.create(wide));
      streams.addTo(inputs, draws, images.size());
      NDList outputs = program.run(inputs, threads);
      NDArray cams = outputs.get(0);
      int height = (int) cams.getShape().get(1);
      int width = (int) cams.getShape().get(2);
      float[] maps = cams.toFloatArray();
      float[] logits = outputs.get(1).toFloatArray();
      long[] explained = outputs.get(2).toLongArray();
      long[] clipped = outputs.size() > 3 ? outputs.get(3).toLongArray() : new long[targets.length];
      int classes = logits.length / images.size();
      List<Explanation> result = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        result.add(
            new Explanation(
                new Heatmap(height, width, slice(maps, i, height * width)),
                slice(logits, i, classes),
                (int) explained[i],
                clipped[i] != 0));
      }
      StartupClock.isThere();
      return result;
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
