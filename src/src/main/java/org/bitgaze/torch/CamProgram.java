package org.bitgaze.torch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.torch.emit.ClassScore;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.IntegerCoverage;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.IntegerKernels;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A compiled program that explains images; any number of threads may run it at once. Its forward
 * takes {@code images} (uint8, N x height x width x 3, RGB) and {@code target} (int64, N: the class
 * to explain, or -1 for the network's own top-1) and returns the maps (float32, N x h x w, not
 * negative, not scaled), the logits (float32, N x classes) and the explained classes (int64, N). If
 * dropout is active it also takes {@code streams} (int64, N x layers, see {@link DropoutStreams});
 * if logits are quantized it also returns whether the explained one was clipped (int64, N: 1 or 0).
 */
public final class CamProgram extends ImageProgram {
  /** Explain the class that the network itself finds most likely. */
  public static final int OWN_CLASS = -1;

  private final DropoutStreams streams;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param streams the random streams that it returned
   * @throws IOException if the file cannot be read
   */
  public CamProgram(Path file, DropoutStreams streams) throws IOException {
    this(LoadedModule.of(file), streams);
  }

  private CamProgram(LoadedModule module, DropoutStreams streams) {
    super(module);
    this.streams = streams;
  }

  /**
   * Holds a program of this JVM, which is compiled if it is not there yet.
   *
   * @param key what it computes
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static ProgramCache.Lease<CamProgram> lease(ProgramKey key) throws IOException {
    return ProgramCache.lease(
        CamProgram.class,
        key,
        () -> {
          try (OpenModel model = key.model().open()) {
            return of(model, key.quantization(), key.cam(), key.arithmetic());
          }
        });
  }

  /**
   * Compiles a program for this JVM; its weights are not written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @param quantization how weights and activations are quantized
   * @param method how the target layer's activations are weighed
   * @param arithmetic what the part before the target layer computes with
   * @return the program
   * @throws IOException if a weight cannot be read
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   * @throws IllegalStateException if 8-bit integer arithmetic is wanted, and this machine's kernels
   *     saturate
   */
  public static CamProgram of(
      OpenModel model, Quantization quantization, MapMethod method, Arithmetic arithmetic)
      throws IOException {
    CamText cam =
        new CamText(
            model, quantization, method, arithmetic, new ClassScore(), OneDnnCalls.OF_ONE_SIZE);
    cam.write();
    if (cam.isWide()) {
      IntegerKernels.requireExact();
    }
    return new CamProgram(
        LoadedModule.of(cam.text(), cam.network(), cam.signature("images")), cam.streams());
  }

  /**
   * Compiles a program to a file, for any machine. On a machine where {@link #of} avoids oneDNN,
   * the last bits of the two differ, and so do values on the edge of two quantization steps.
   *
   * @param model an open model
   * @param quantization how weights and activations are quantized
   * @param method how the target layer's activations are weighed
   * @param arithmetic what the part before the target layer computes with
   * @param file where to write the archive
   * @return the random streams that the program draws from
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
    CamText cam = portable(model, quantization, method, arithmetic);
    TorchScriptArchive.write(file, cam.text(), cam.network(), cam.signature("images"));
    return cam.streams();
  }

  /**
   * Finds what integer kernels compute in a program, without reading weights.
   *
   * @param model an open model
   * @param quantization how weights and activations are quantized
   * @param arithmetic what the part before the target layer computes with
   * @return which nodes kernels compute, and which not; no nodes in simulated arithmetic
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  public static IntegerCoverage coverage(
      OpenModel model, Quantization quantization, Arithmetic arithmetic) {
    return portable(model, quantization, MapMethod.GRADCAM_PLUS_PLUS, arithmetic).coverage();
  }

  private static CamText portable(
      OpenModel model, Quantization quantization, MapMethod method, Arithmetic arithmetic) {
    CamText cam =
        new CamText(
            model, quantization, method, arithmetic, new ClassScore(), ConvolutionCalls.PORTABLE);
    cam.write();
    return cam;
  }

  /**
   * Explains a batch of images with a program that draws no random numbers.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain for each image, or {@link #OWN_CLASS}
   * @return one explanation per image, in order
   * @throws IllegalArgumentException if the images differ in size, or there is not one target per
   *     image
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<Explanation> run(List<RgbImage> images, int[] targets) {
    return run(images, targets, List.of(), 1);
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain for each image, or {@link #OWN_CLASS}
   * @param keys what decides each image's random numbers; ignored by a program that draws none
   * @param threads threads inside libtorch for this call
   * @return one explanation per image, in order
   * @throws IllegalArgumentException if the images differ in size, or there is not one target, and
   *     one key if the program draws, per image
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<Explanation> run(
      List<RgbImage> images, int[] targets, List<RandomKey> keys, int threads) {
    return run(
        images,
        arguments -> {
          Explanations.addTargets(arguments, targets, images.size());
          streams.addTo(arguments, keys, images.size());
        },
        threads,
        Explanations::read);
  }
}
