package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bitgaze.image.RgbImage;
import org.bitgaze.torch.runtime.LoadedModule;

/**
 * A compiled program whose first argument is {@code images} (uint8, N x height x width x 3, RGB).
 * Any number of threads may run it at once.
 */
abstract class ImageProgram implements AutoCloseable {
  private final LoadedModule module;

  ImageProgram(LoadedModule module) {
    this.module = module;
  }

  /**
   * Runs the program once.
   *
   * @param images at least one, all of one size
   * @param addArguments adds the arguments after the images
   * @param threads threads inside libtorch for this call
   * @param read copies the results to Java's memory
   * @return what was read
   */
  final <T> T run(
      List<RgbImage> images, Consumer<NDList> addArguments, int threads, Function<NDList, T> read) {
    try (NDManager manager = module.newManager()) {
      NDList arguments = new NDList(Batches.toArray(manager, images));
      addArguments.accept(arguments);
      return read.apply(module.run(arguments, threads));
    }
  }

  /** Frees the program's native memory. */
  @Override
  public final void close() {
    module.close();
  }
}
