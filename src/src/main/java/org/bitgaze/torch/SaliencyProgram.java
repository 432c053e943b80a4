package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.util.List;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;

/**
 * A compiled program of a network with one output channel, a map; any number of threads may run it
 * at once. Its forward takes {@code images} (uint8, N x height x width x 3, RGB; of any size if the
 * network is fully convolutional) and an argument of {@link OneDnnCalls.OfAnySize}, and returns the
 * network's output (float32, N x 1 x h x w or N x h x w), of either sign.
 */
public final class SaliencyProgram extends ImageProgram {
  private final OneDnnCalls.OfAnySize convolutions;

  private SaliencyProgram(LoadedModule module, OneDnnCalls.OfAnySize convolutions) {
    super(module);
    this.convolutions = convolutions;
  }

  /**
   * Compiles a program for this JVM; its weights are not written to a file.
   *
   * @param network the network
   * @param size height and width of its images; any size that fits, if it is fully convolutional
   * @param input makes the network's input
   * @return the program
   * @throws IOException if a weight cannot be read
   */
  public static SaliencyProgram of(Network network, Size size, InputText input) throws IOException {
    var convolutions = new OneDnnCalls.OfAnySize(network.graph());
    ProgramText text =
        ProgramText.ofAttributes(network.graph(), size).withConvolutions(convolutions);
    input.write(text);
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable(network.graph().output().name()) + ")");
    String signature = "images: Tensor,\n    " + OneDnnCalls.ARGUMENT + ": Tensor) -> Tensor";
    return new SaliencyProgram(LoadedModule.of(text, network, signature), convolutions);
  }

  /**
   * Computes the map of an image.
   *
   * @param image of any size that the network takes
   * @return the network's output
   * @throws ai.djl.engine.EngineException if libtorch refuses the image
   */
  public Heatmap run(RgbImage image) {
    Size size = new Size(image.height(), image.width());
    return run(
        List.of(image),
        arguments -> arguments.add(convolutions.argument(arguments.getManager(), size)),
        1,
        results -> {
          NDArray map = results.get(0);
          int rank = map.getShape().dimension();
          int height = (int) map.getShape().get(rank - 2);
          int width = (int) map.getShape().get(rank - 1);
          return new Heatmap(height, width, map.toFloatArray());
        });
  }
}
