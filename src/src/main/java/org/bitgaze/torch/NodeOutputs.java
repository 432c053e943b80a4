package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Network;
import org.bitgaze.network.Rewritten;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.runtime.LoadedModule;
import org.bitgaze.weights.Tensor;

/**
 * A compiled program that returns the outputs of a network's nodes. Its forward takes {@code
 * images} (uint8, N x height x width x 3, RGB) and returns all outputs of an image in one row
 * (float32).
 */
public final class NodeOutputs extends ImageProgram {
  /** Node to the shape of its output, without the batch, in the order of the results. */
  private final Map<String, int[]> shapes;

  private NodeOutputs(LoadedModule module, Map<String, int[]> shapes) {
    super(module);
    this.shapes = shapes;
  }

  /** The identity, which also hands out a copy of its values. */
  private record Expose(String node) implements Elementwise {
    @Override
    public String torchScript(Script script) {
      String x = script.input();
      // Without a copy, operations that follow might overwrite the values.
      script.expose(
          node, script.let(Script.call("clone", Script.call("flatten", script.input(), 1, -1))));
      return x;
    }

    @Override
    public boolean isAlias(int inputs) {
      return true;
    }
  }

  /**
   * Compiles a program for this JVM.
   *
   * @param model an open model, which may be closed afterwards
   * @param nodes nodes of its network; those are left out that are computed together with others
   * @return the program, to be closed
   * @throws IOException if a weight cannot be read
   */
  public static NodeOutputs of(OpenModel model, Collection<String> nodes) throws IOException {
    Network plain = model.network().apply(model.execution().mode());
    Map<String, String> located = located(plain.rewritten(), nodes);
    Set<String> wanted = new HashSet<>(located.values());
    Network network =
        plain.apply(
            graph ->
                graph.rewrite(
                    node ->
                        wanted.contains(node.name())
                            ? new Edit.Append(".exposed", new Expose(node.name()))
                            : Edit.KEEP));
    ProgramText text = ExposedPoints.text(model, network);
    if (!text.streams().isEmpty()) {
      throw new IllegalArgumentException(text.graph().name() + " has active dropout");
    }
    Shapes all = Shapes.of(plain.graph(), model.size().height(), model.size().width());
    Map<String, int[]> shapes = new LinkedHashMap<>();
    List<String> rows = new ArrayList<>();
    text.exposed()
        .forEach(
            (node, variable) ->
                located.entrySet().stream()
                    .filter(e -> e.getValue().equals(node))
                    .forEach(
                        e -> {
                          shapes.put(e.getKey(), all.get(node));
                          rows.add(variable);
                        }));
    text.add("return torch.cat([%s], 1)".formatted(String.join(", ", rows)));
    return new NodeOutputs(LoadedModule.of(text, network, "images: Tensor) -> Tensor"), shapes);
  }

  private static Map<String, String> located(Rewritten rewritten, Collection<String> nodes) {
    return nodes.stream()
        .filter(node -> !rewritten.lost().contains(node))
        .collect(
            Collectors.toMap(node -> node, rewritten::locate, (a, b) -> a, LinkedHashMap::new));
  }

  /**
   * An output.
   *
   * @param shape without the batch
   * @param values in the order of the dimensions
   */
  public record Output(int[] shape, float[] values) {}

  /**
   * Runs the network.
   *
   * @param image what the network sees
   * @return node to its output
   */
  public Map<String, Output> run(RgbImage image) {
    return run(List.of(image), arguments -> {}, 1, this::outputs);
  }

  private Map<String, Output> outputs(NDList results) {
    float[] all = results.get(0).toFloatArray();
    Map<String, Output> outputs = new LinkedHashMap<>();
    int from = 0;
    for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
      int size = Math.toIntExact(Tensor.elements(entry.getValue()));
      outputs.put(
          entry.getKey(), new Output(entry.getValue(), Arrays.copyOfRange(all, from, from + size)));
      from += size;
    }
    return outputs;
  }
}
