package org.bitgaze.torch.emit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.ParameterPrecision.Rounded;
import org.bitgaze.network.op.IntegerScript.Packing;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Script;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * The text of the method that makes a module's attributes of the tensors of a file, which it takes
 * as a list {@code state}. Quantized parameters are rounded here, natively, see {@link
 * ParameterPrecision#torchScript}. Four-dimensional tensors get channels-last strides, which keeps
 * convolutions of NHWC images on the fast path. Integer kernels' weights are packed.
 */
public final class ParameterText {
  private final TensorSource source;
  private final Map<String, ParameterPrecision> precisions;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final Map<String, Integer> indices = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();
  private int intermediate;

  /**
   * Writes the statements.
   *
   * @param text the program that reads the attributes
   * @param network the parameters and their precisions
   * @throws WeightsException if one is missing
   */
  public ParameterText(ProgramText text, Network network) throws WeightsException {
    source = network.weights();
    precisions = network.precisions();
    for (Map.Entry<String, String> parameter : text.attributes().entrySet()) {
      attributes.put(parameter.getValue(), "Tensor");
      String tensor = rounded(parameter.getKey()).values();
      boolean isMap = source.shape(parameter.getKey()).length == 4;
      lines.add("self." + parameter.getValue() + " = " + (isMap ? channelsLast(tensor) : tensor));
    }
    for (PackedWeights packed : text.parameters().packed()) {
      attributes.put(packed.attribute(), packed.type());
      lines.add("self." + packed.attribute() + " = " + packed(packed.node(), packed.packing()));
    }
  }

  /** {@return where the tensors are read} */
  public TensorSource source() {
    return source;
  }

  /** {@return names of the tensors, in the order of {@code state}} */
  public List<String> tensors() {
    return List.copyOf(indices.keySet());
  }

  /**
   * Tells whether a tensor is neither rounded nor laid out anew, so that the program uses its
   * memory in place.
   *
   * @param name one of {@link #tensors}
   * @return whether its memory must stay valid
   * @throws WeightsException if there is no such tensor
   */
  public boolean isUsedInPlace(String name) throws WeightsException {
    return !precisions.containsKey(name) && source.shape(name).length != 4;
  }

  /** {@return attribute to type} */
  Map<String, String> attributes() {
    return attributes;
  }

  /** {@return the method's body} */
  List<String> lines() {
    return lines;
  }

  private Rounded rounded(String parameter) throws WeightsException {
    ParameterPrecision precision = precisions.get(parameter);
    String raw = state(parameter);
    return precision == null
        ? new Rounded(raw, "")
        : precision.torchScript(raw, source.shape(parameter).length, this::let);
  }

  private String packed(Node node, Packing packing) throws WeightsException {
    String name = node.name() + ".weight";
    Rounded weight = rounded(name);
    String integers =
        precisions.get(name).perChannel()
            ? call(
                "quantize_per_channel",
                weight.values(),
                call("flatten", weight.scale(), 0, -1),
                zeros(source.shape(name)[0]),
                0,
                ScalarType.QINT8)
            : call(
                "quantize_per_tensor",
                weight.values(),
                "float(" + weight.scale() + ")",
                0,
                ScalarType.QINT8);
    boolean biased = node.op().parameters().containsKey("bias");
    StringBuilder all = new StringBuilder("ops.quantized." + packing.function() + "(");
    all.append(let(integers)).append(", ").append(biased ? state(node.name() + ".bias") : "None");
    packing.arguments().forEach(argument -> all.append(", ").append(argument));
    return all.append(")").toString();
  }

  private static String zeros(int count) {
    return "torch.zeros([" + count + "], dtype=" + ScalarType.INT64 + ", layout=None, device=None)";
  }

  /**
   * Writes a copy with channels last in memory, even if there is only one channel.
   *
   * @param tensor an expression for (N, C, h, w)
   * @return an expression for the same values and shape
   */
  public static String channelsLast(String tensor) {
    String last = call("clone", call("permute", tensor, "[0, 2, 3, 1]"), "memory_format=0");
    return call("permute", last, "[0, 3, 1, 2]");
  }

  private String state(String parameter) {
    return "state[" + indices.computeIfAbsent(parameter, p -> indices.size()) + "]";
  }

  private String let(String expression) {
    String variable = "w" + intermediate++;
    lines.add(variable + " = " + expression);
    return variable;
  }

  private static String call(String function, Object... arguments) {
    return Script.call(function, arguments);
  }
}
