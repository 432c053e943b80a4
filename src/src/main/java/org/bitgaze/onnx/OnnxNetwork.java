package org.bitgaze.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Quantization;

/**
 * A network that was read from an ONNX file: opset 11 to 21, a float network or one with
 * QuantizeLinear and DequantizeLinear pairs.
 *
 * @param network nodes are named as the file's tensors; checked
 * @param size height and width of its images; for one that tells classes a square
 * @param preprocessing what is done to images
 * @param targetLayer the tensor that was described as the target, else the last one with height and
 *     width before global pooling; empty if there is none
 * @param targets all tensors that can be the target, in the order of the nodes
 * @param files the model's, and those that its tensors are kept in
 */
public record OnnxNetwork(
    Network network,
    Size size,
    Preprocessing preprocessing,
    String targetLayer,
    List<String> targets,
    List<Path> files) {
  /** Copies the lists. */
  public OnnxNetwork {
    targets = List.copyOf(targets);
    files = List.copyOf(files);
  }

  /**
   * Reads a network that tells classes; where it ends with a softmax, its output is what comes
   * before. No files are opened but the model and those in its own folder that hold its tensors.
   *
   * @param file an ONNX model
   * @param input what the file does not say of its input
   * @param clipped what the gradient does where the network's own output is clipped
   * @return the network
   * @throws OnnxException if it is damaged or not supported, naming node, operator and attribute
   * @throws IOException if the file cannot be read
   */
  public static OnnxNetwork read(Path file, InputDescription input, ClippedLogits clipped)
      throws IOException {
    return read(file, input, importer -> importer.classifier(clipped == ClippedLogits.STRICT));
  }

  /**
   * Reads a network whose output is a map, (1, height, width) or (height, width) for an image.
   *
   * @param file an ONNX model; what it does not say of its input stands beside it
   * @return the network; the target layer is of no use
   * @throws OnnxException if it is damaged or not supported, naming node, operator and attribute
   * @throws IOException if the file cannot be read
   */
  public static OnnxNetwork readMap(Path file) throws IOException {
    return read(file, InputDescription.of(file), Importer::map);
  }

  /**
   * Lists the operators that are read.
   *
   * @return ONNX's names, sorted
   */
  public static List<String> operators() {
    return Operators.names();
  }

  /**
   * Finds the value of a tensor that the network goes on with.
   *
   * @param tensor a tensor's name
   * @return the quantized one, where a pair alone takes it; else the same
   */
  public String quantized(String tensor) {
    return quantized(network.graph(), tensor);
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
   * Reads all parameters, and keeps none.
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

  /**
   * Tells whether the file holds quantized activations.
   *
   * @return whether it is explained as it is, and not quantized again
   */
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
