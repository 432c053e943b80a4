package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.WeightedScore;
import org.bitgaze.torch.runtime.IntegerKernels;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A compiled program that explains any weighted sum of a network's outputs; any number of threads
 * may run it at once. Its forward takes {@code images} (uint8, N x height x width x 3, RGB) and
 * {@code weights} (float32, N x outputs) and returns the maps (float32, N x h x w, not negative,
 * not scaled) and the outputs (float32, N x outputs), and perhaps what a {@link CamProgram} also
 * returns.
 */
final class TaskProgram extends ImageProgram {
  private final int outputs;
  private final DropoutStreams streams;

  private TaskProgram(LoadedModule module, int outputs, DropoutStreams streams) {
    super(module);
    this.outputs = outputs;
    this.streams = streams;
  }

  /**
   * What a program computes of an image.
   *
   * @param cam the map of the weighted sum
   * @param outputs the network's outputs
   * @param unstable share of the map's weights that are near a pole of the method
   */
  record Result(Heatmap cam, float[] outputs, float unstable) {}

  /** Holds a program of this JVM, which is compiled if it is not there yet. */
  static ProgramCache.Lease<TaskProgram> lease(ProgramKey key) throws IOException {
    return ProgramCache.lease(
        TaskProgram.class,
        key,
        () -> {
          try (OpenModel model = key.model().open()) {
            return of(model, key, OneDnnCalls.OF_ONE_SIZE);
          }
        });
  }

  private static TaskProgram of(OpenModel model, ProgramKey key, ConvolutionCalls calls)
      throws IOException {
    CamText cam =
        new CamText(
            model, key.quantization(), key.cam(), key.arithmetic(), new WeightedScore(), calls);
    cam.write();
    if (cam.isWide()) {
      IntegerKernels.requireExact();
    }
    int outputs = cam.text().shape(cam.text().graph().output().name())[0];
    return new TaskProgram(
        LoadedModule.of(cam.text(), cam.network(), cam.signature("images")),
        outputs,
        cam.streams());
  }

  /** {@return the number of outputs for one image} */
  int outputs() {
    return outputs;
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param weights of the explained sum, for each image
   * @param keys what decides each image's random numbers; ignored by a program that draws none
   * @param threads threads inside libtorch for this call
   * @return one result per image, in order
   */
  List<Result> run(
      List<RgbImage> images, List<float[]> weights, List<RandomKey> keys, int threads) {
    return run(
        images,
        arguments -> {
          FloatBuffer all = FloatBuffer.allocate(Math.multiplyExact(images.size(), outputs));
          weights.forEach(all::put);
          arguments.add(
              arguments.getManager().create(all.flip(), new Shape(images.size(), outputs)));
          streams.addTo(arguments, keys, images.size());
        },
        threads,
        results -> read(results, images.size()));
  }

  private List<Result> read(NDList results, int images) {
    Shape shape = results.get(0).getShape();
    int height = (int) shape.get(1);
    int width = (int) shape.get(2);
    float[] maps = results.get(0).toFloatArray();
    float[] values = results.get(1).toFloatArray();
    float[] unstable = new float[images];
    for (NDArray result : results.subNDList(2)) {
      unstable = result.getDataType() == DataType.FLOAT32 ? result.toFloatArray() : unstable;
    }
    List<Result> all = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      float[] map = Arrays.copyOfRange(maps, i * height * width, (i + 1) * height * width);
      float[] own = Arrays.copyOfRange(values, i * outputs, (i + 1) * outputs);
      all.add(new Result(new Heatmap(height, width, map), own, unstable[i]));
    }
    return all;
  }
}
