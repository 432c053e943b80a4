package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.WeightedScore;
import org.bitgaze.torch.runtime.IntegerKernels;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.weights.Tensor;

/**
 * A compiled program that runs a network, or a part of it, on numbers: no map, no gradient. Any
 * number of threads may run it at once. Its forward takes a float32 tensor, (N, height, width,
 * channels) where it has height and width, and returns one.
 */
final class ForwardProgram implements AutoCloseable {

  /** What is computed. */
  enum Part {
    /** The outputs of inputs. */
    WHOLE,
    /** The target layer's activations of inputs. */
    FRONT,
    /** The outputs of the target layer's activations. */
    BACK
  }

  private record Key(ProgramKey program, Part part) {}

  private final LoadedModule module;
  private final String name;
  private final int[] inputShape;
  private final int[] targetShape;
  private final Optional<TargetView> targetView;

  private ForwardProgram(
      LoadedModule module,
      String name,
      int[] inputShape,
      int[] targetShape,
      Optional<TargetView> targetView) {
    this.module = module;
    this.name = name;
    this.inputShape = inputShape;
    this.targetShape = targetShape;
    this.targetView = targetView;
  }

  /**
   * Holds a program of this JVM, which is compiled if it is not there yet.
   *
   * @param key what the whole network computes; the map method does not matter
   * @param part what is computed of it
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   * @throws UnsupportedOperationException if the network draws random numbers; of a part, if what
   *     follows the target needs more than its activations
   */
  static ProgramCache.Lease<ForwardProgram> lease(ProgramKey key, Part part) throws IOException {
    return ProgramCache.lease(
        ForwardProgram.class,
        new Key(key, part),
        () -> {
          try (OpenModel model = key.model().open()) {
            return of(model, key, part);
          }
        });
  }

  private static ForwardProgram of(OpenModel model, ProgramKey key, Part part) throws IOException {
    CamText cam =
        new CamText(
            model,
            key.quantization(),
            key.cam(),
            key.arithmetic(),
            // Of no gradient; it takes any outputs.
            new WeightedScore(),
            OneDnnCalls.OF_ONE_SIZE);
    cam.writeForward(part, "inputs");
    if (!cam.text().streams().isEmpty()) {
      throw new UnsupportedOperationException(
          key.model().id()
              + ": dropout is active, and draws its random numbers by image; inputs have no name");
    }
    if (cam.isWide()) {
      IntegerKernels.requireExact();
    }
    Size size = model.size();
    return new ForwardProgram(
        LoadedModule.of(cam.text(), cam.network(), "inputs: Tensor) -> Tensor"),
        key.model().id(),
        part == Part.BACK ? cam.targetShape() : new int[] {3, size.height(), size.width()},
        cam.targetShape(),
        part == Part.WHOLE ? Optional.empty() : Optional.of(model.targetView()));
  }

  /** {@return the shape of the target's activations, without the batch} */
  int[] targetShape() {
    return targetShape.clone();
  }

  /** {@return how the target's activations are seen as an image; of a part only} */
  TargetView targetView() {
    return targetView.orElseThrow();
  }

  /**
   * Runs the program once.
   *
   * @param inputs at least one, each of the size of the network's input, or of the target's
   *     activations
   * @param threads threads inside libtorch for this call
   * @return the result of each input, in order
   * @throws IllegalArgumentException if an input has another size
   */
  List<float[]> run(List<float[]> inputs, int threads) {
    try (NDManager manager = module.newManager()) {
      NDArray result = module.run(new NDList(toArray(manager, inputs)), threads).get(0);
      float[] all = result.toFloatArray();
      int size = all.length / inputs.size();
      List<float[]> results = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        results.add(Arrays.copyOfRange(all, i * size, (i + 1) * size));
      }
      return results;
    }
  }

  /** Channels last in memory, as images come: the same kernels then compute the same bits. */
  private NDArray toArray(NDManager manager, List<float[]> inputs) {
    int size = Math.toIntExact(Tensor.elements(inputShape));
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(inputs.size(), size * Float.BYTES))
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = bytes.asFloatBuffer();
    boolean isGrid = inputShape.length == 3;
    int channels = isGrid ? inputShape[0] : 1;
    int pixels = size / channels;
    float[] last = new float[size];
    for (float[] input : inputs) {
      if (input.length != size) {
        throw new IllegalArgumentException(
            "%s: an input has %d numbers, expected %s"
                .formatted(name, input.length, Arrays.toString(inputShape)));
      }
      for (int channel = 0; channel < channels; channel++) {
        for (int i = 0; i < pixels; i++) {
          last[i * channels + channel] = input[channel * pixels + i];
        }
      }
      floats.put(last);
    }
    long[] shape = new long[inputShape.length + 1];
    shape[0] = inputs.size();
    for (int i = 0; i < inputShape.length; i++) {
      shape[i + 1] = inputShape[isGrid ? (i + 1) % 3 : i];
    }
    return manager.create(bytes, new Shape(shape), DataType.FLOAT32);
  }

  @Override
  public void close() {
    module.close();
  }
}
