package org.bitgaze.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.file.OnnxFile;
import org.bitgaze.onnx.file.OnnxTensors;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.IntegerOperators;
import org.bitgaze.onnx.ops.Operators;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Quantization;

/**
 * A network that was read from an ONNX file of operator set 7 to 23: in floating point, or with
 * pairs of QuantizeLinear and DequantizeLinear.
 *
 * @param network the network, checked; nodes have the names of the file's tensors
 * @param size height and width of its images
 * @param preprocessing the preprocessing of images
 * @param targetLayer the described target layer, else the last possible one, usually before global
 *     pooling; empty if there is none
 * @param targets the possible target layers, in the order of the nodes
 * @param files the model's file, and those in which its tensors are kept
 * @param views tensors that are another view of a node's output, and the node's name
 * @param orders for tensors whose dimensions are moved, which dimension of the node's output each
 *     is; 0 is the batch
 * @param notices what the user should know, such as a type that is computed in float32
 * @param objective what the outputs mean
 * @param scores what the file's scores are, if it is not a classifier's
 */
public record OnnxNetwork(
    Network network,
    Size size,
    Preprocessing preprocessing,
    String targetLayer,
    List<String> targets,
    List<Path> files,
    Map<String, String> views,
    Map<String, List<Integer>> orders,
    List<String> notices,
    Objective objective,
    Scores scores) {
  /** Copies the collections. */
  public OnnxNetwork {
    targets = List.copyOf(targets);
    files = List.copyOf(files);
    views = Map.copyOf(views);
    orders = Map.copyOf(orders);
    notices = List.copyOf(notices);
  }

  /**
   * Reads a network whose answer can be explained. If a classifier ends with a softmax, its output
   * is the input of the softmax. Only the model and files in its folder that hold its tensors are
   * opened.
   *
   * @param file an ONNX model
   * @param input describes the input
   * @param clipped the gradient where the network's own output is clipped
   * @return the network
   * @throws OnnxException if it is damaged or not supported, naming node, operator and attribute
   * @throws IOException if the file cannot be read
   */
  public static OnnxNetwork read(Path file, InputDescription input, ClippedLogits clipped)
      throws IOException {
    return read(file, input, importer -> importer.explained(clipped == ClippedLogits.STRICT));
  }

  /**
   * Reads a network whose output is a map, (1, height, width) or (height, width) for an image.
   *
   * @param file an ONNX model; a json file beside it may describe its input
   * @return the network; its target layer has no meaning
   * @throws OnnxException if it is damaged or not supported, naming node, operator and attribute
   * @throws IOException if the file cannot be read
   */
  public static OnnxNetwork readMap(Path file) throws IOException {
    return read(file, InputDescription.of(file), Importer::map);
  }

  /** {@return the names of the supported operators, sorted} */
  public static List<String> operators() {
    return Operators.names();
  }

  /**
   * Finds the node that computes a tensor, after quantization if the file quantizes it.
   *
   * @param tensor a tensor's name
   * @return the name of the node; the same name if the file has no such tensor
   */
  public String node(String tensor) {
    return real(network.graph(), quantized(network.graph(), views.getOrDefault(tensor, tensor)));
  }

  /**
   * Tells how a tensor of the file is seen as an image.
   *
   * @param tensor a tensor's name
   * @return the view; empty if no node of the network computes such a tensor
   * @throws IllegalArgumentException if the tensor has no height and width, or its dimensions are
   *     in no order that has a view
   */
  public Optional<TargetView> view(String tensor) {
    return Optional.of(node(tensor))
        .filter(network.graph().names()::contains)
        .map(node -> TargetLayer.view(network.graph(), node, size))
        .map(view -> orders.containsKey(tensor) ? moved(view, tensor) : view);
  }

  private TargetView moved(TargetView view, String tensor) {
    return view.moved(orders.get(tensor))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the dimensions of '" + Quoted.of(tensor) + "' are those of no image"));
  }

  /** The real values of a tensor of integers, see {@link IntegerOperators}. */
  static String real(Graph graph, String tensor) {
    String real = tensor + IntegerOperators.REAL;
    return !graph.names().contains(tensor) && graph.names().contains(real) ? real : tensor;
  }

  static String quantized(Graph graph, String tensor) {
    return Optional.of(tensor)
        .filter(graph.names()::contains)
        .flatMap(graph::soleConsumer)
        .filter(next -> next.op() instanceof FakeQuantize)
        .map(Node::name)
        .orElse(tensor);
  }

  /**
   * Checks that all parameters are finite.
   *
   * @throws OnnxException if one is not finite, naming the tensor
   * @throws IOException if one cannot be read
   */
  public void requireFinite() throws IOException {
    for (String name : network.graph().parameters().keySet()) {
      if (network.weights() instanceof OnnxTensors stored) {
        stored.check(name);
      } else {
        network.weights().read(name);
      }
    }
  }

  /** {@return whether the file holds quantized activations, which are not quantized again} */
  public boolean isQuantized() {
    return Quantization.isQuantized(network.graph());
  }

  @FunctionalInterface
  private interface Reading {
    OnnxNetwork of(Importer importer) throws IOException;
  }

  private static OnnxNetwork read(Path file, InputDescription input, Reading reading)
      throws IOException {
    try {
      return reading.of(
          new Importer(
              OnnxFile.read(file),
              input,
              problem -> {
                throw problem;
              }));
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new OnnxException(file + ": " + e.getMessage(), e);
    }
  }
}
