package org.bitgaze.program;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.graph.Network;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.op.Size;

/**
 * A compiled program of a network whose one output channel is a map; any number of threads may run
 * it at once. Its forward takes {@code images} (uint8, N x height x width x 3, RGB; of any size if
 * the network is fully convolutional) and returns the network's output (float32, N x 1 x h x w or N
 * x h x w), whatever its sign.
 */
public final class GazeProgram implements AutoCloseable {
  /** What shapes are inferred for; the text is the same for any. */
  private static final int SIDE = 320;

  private final Model program;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @throws IOException if it cannot be read
   */
  public GazeProgram(Path file) throws IOException {
    program = TorchEngine.load(file);
  }

  /**
   * Compiles a program.
   *
   * @param network the network
   * @param means what is subtracted from the samples
   * @param file where to write the archive
   * @throws IOException if a weight cannot be read or the file not written
   */
  public static void compile(Network network, CaffeMeans means, Path file) throws IOException {
    ProgramText text = ProgramText.ofAttributes(network.graph(), SIDE);
    text.subtractMeans(means);
    write(network, text, file);
  }

  /**
   * Compiles a program for images of one size.
   *
   * @param network the network
   * @param size height and width of its images
   * @param normalization what is done to the samples
   * @param file where to write the archive
   * @throws IOException if a weight cannot be read or the file not written
   */
  public static void compile(Network network, Size size, Normalization normalization, Path file)
      throws IOException {
    ProgramText text = ProgramText.ofAttributes(network.graph(), size);
    text.normalizeImages(normalization);
    write(network, text, file);
  }

  private static void write(Network network, ProgramText text, Path file) throws IOException {
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), true);
    text.add("return torch.contiguous(" + text.variable(network.graph().output().name()) + ")");
    TorchScriptArchive.write(file, text, network.weights(), "images: Tensor) -> Tensor");
  }

  /**
   * Looks at an image.
   *
   * @param image of any size
   * @return the network's output
   * @throws ai.djl.engine.EngineException if libtorch refuses the image
   */
  public Heatmap run(RgbImage image) {
    try (NDManager manager = program.getNDManager().newSubManager()) {
      NDList inputs = new NDList(Batches.toArray(manager, List.of(image)));
      NDArray map = TorchEngine.run(program, inputs, 1).get(0);
      int rank = map.getShape().dimension();
      int height = (int) map.getShape().get(rank - 2);
      int width = (int) map.getShape().get(rank - 1);
      return new Heatmap(height, width, map.toFloatArray());
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
