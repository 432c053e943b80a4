package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Size;

/**
 * A compiled program of a network whose one output channel is a map; any number of threads may run
 * it at once. Its forward takes {@code images} (uint8, N x height x width x 3, RGB; of any size if
 * the network is fully convolutional) and {@code right} (whether oneDNN was tried with images of
 * that size, and is right) and returns the network's output (float32, N x 1 x h x w or N x h x w),
 * whatever its sign.
 */
public final class SaliencyProgram implements AutoCloseable {
  /** What shapes are inferred for; the text is the same for any. */
  private static final int SIDE = 320;

  private final Graph graph;
  private final LoadedModule program;

  /** Photographs have a few dozen sizes. */
  private final Map<Size, Boolean> rightSizes = new ConcurrentHashMap<>();

  private SaliencyProgram(Graph graph, LoadedModule program) {
    this.graph = graph;
    this.program = program;
  }

  /**
   * Compiles a program for this JVM.
   *
   * @param network the network
   * @param means what is subtracted from the samples
   * @return the program
   * @throws IOException if a weight cannot be read
   */
  public static SaliencyProgram of(Network network, CaffeMeans means) throws IOException {
    ProgramText text =
        ProgramText.ofAttributes(network.graph(), SIDE).withConvolutions(Convolutions.IF_TRIED);
    text.subtractMeans(means);
    return of(network, text);
  }

  /**
   * Compiles a program for images of one size.
   *
   * @param network the network
   * @param size height and width of its images
   * @param normalization what is done to the samples
   * @return the program
   * @throws IOException if a weight cannot be read
   */
  public static SaliencyProgram of(Network network, Size size, Normalization normalization)
      throws IOException {
    ProgramText text =
        ProgramText.ofAttributes(network.graph(), size).withConvolutions(Convolutions.IF_TRIED);
    text.normalizeImages(normalization);
    return of(network, text);
  }

  private static SaliencyProgram of(Network network, ProgramText text) throws IOException {
    text.add("torch.set_grad_enabled(False)");
    text.add("tried = bool(right)");
    text.write(network.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable(network.graph().output().name()) + ")");
    String signature = "images: Tensor,\n    right: Tensor) -> Tensor";
    return new SaliencyProgram(network.graph(), LoadedModule.of(text, network, signature));
  }

  /**
   * Looks at an image.
   *
   * @param image of any size
   * @return the network's output
   * @throws ai.djl.engine.EngineException if libtorch refuses the image
   */
  public Heatmap run(RgbImage image) {
    try (NDManager manager = program.newManager()) {
      boolean right =
          TorchEngine.oneDnn() == OneDnn.PROBED
              && rightSizes.computeIfAbsent(
                  new Size(image.height(), image.width()), this::isOneDnnRight);
      NDList inputs =
          new NDList(Batches.toArray(manager, List.of(image)), manager.create(right ? 1f : 0f));
      NDArray map = program.run(inputs, 1).get(0);
      int rank = map.getShape().dimension();
      int height = (int) map.getShape().get(rank - 2);
      int width = (int) map.getShape().get(rank - 1);
      return new Heatmap(height, width, map.toFloatArray());
    }
  }

  private boolean isOneDnnRight(Size size) {
    try {
      return OneDnnProbe.isRight(graph, size);
    } catch (IllegalArgumentException e) {
      // Images that do not fit are libtorch's to refuse.
      return false;
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
