package org.bitgaze.torch;

import java.io.IOException;
import java.util.List;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.torch.runtime.OneDnnCalls;

/**
 * A compiled network that returns what its quantization points expose.
 *
 * @param module the compiled program
 * @param points the names of the points, in the order of the results
 * @param streams the network's random numbers
 */
record ExposedPoints(LoadedModule module, List<String> points, DropoutStreams streams) {
  /**
   * Compiles a network.
   *
   * @param model the model whose images it takes
   * @param network the model's network, whose points expose values
   * @param arguments the program's arguments but for random numbers
   * @param dimension along which the points' results are stacked
   * @throws IOException if a weight cannot be read
   */
  static ExposedPoints of(OpenModel model, Network network, String arguments, int dimension)
      throws IOException {
    ProgramText text = text(model, network);
    text.add(
        "return torch.stack([%s], %d)"
            .formatted(String.join(", ", text.exposed().values()), dimension));
    String random = text.streams().isEmpty() ? "" : ", streams: Tensor";
    return new ExposedPoints(
        LoadedModule.of(text, network, arguments + random + ") -> Tensor"),
        List.copyOf(text.exposed().keySet()),
        new DropoutStreams(text.graph().name(), text.streams()));
  }

  /** The text of a network that exposes values, without gradients, up to what it returns. */
  static ProgramText text(OpenModel model, Network network) {
    ProgramText text =
        ProgramText.ofAttributes(network.graph(), model.size())
            .withConvolutions(OneDnnCalls.OF_ONE_SIZE);
    InputText.of(model.preprocessing().normalization()).write(text);
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), ProgramText.Use.OVERWRITTEN);
    return text;
  }
}
