package org.bitgaze.quant.sweep;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Op;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.InsertAtPoints;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.Quantization;

/**
 * The precisions between which a program selects for each layer while it runs, as a {@link
 * Configuration} says. Number 0 is floating point, 1 the first alternative, and so on.
 *
 * @param alternatives quantizations of all layers alike, each to another precision
 */
public record PrecisionAlternatives(List<Quantization.Ranged> alternatives)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Copies the list. */
  public PrecisionAlternatives {
    alternatives = List.copyOf(alternatives);
  }

  /**
   * Lists the precisions that configurations use.
   *
   * @param configurations any number
   * @return the integer precisions, each once
   */
  public static Set<Precision> precisions(List<Configuration> configurations) {
    Set<Precision> all = new LinkedHashSet<>();
    configurations.stream()
        .flatMap(Configuration::precisions)
        .flatMap(layer -> Stream.of(layer.weights(), layer.activation()))
        .filter(precision -> !precision.isFloat())
        .forEach(all::add);
    return all;
  }

  /** Returns the integer precisions in the order of their numbers, from 1. */
  private List<Precision> precisions() {
    return alternatives.stream().map(a -> a.configuration().otherwise().weights()).toList();
  }

  /**
   * Returns the number of a precision.
   *
   * @param precision floating point or an alternative
   * @return 0 for floating point
   * @throws IllegalArgumentException if it is not an alternative
   */
  public int number(Precision precision) {
    int index = precisions().indexOf(precision);
    if (!precision.isFloat() && index < 0) {
      throw new IllegalArgumentException(precision + " is not one of " + precisions());
    }
    return index + 1;
  }

  /**
   * Names the program's variable that selects a layer's weights.
   *
   * @param layer its index in the list that {@link QuantizableLayer#of} returns
   * @return the variable
   */
  public static String weights(int layer) {
    return "weights_" + layer;
  }

  /**
   * Names the program's variable that selects a layer's activation.
   *
   * @param layer its index in the list that {@link QuantizableLayer#of} returns
   * @return the variable
   */
  public static String activation(int layer) {
    return "activation_" + layer;
  }

  /**
   * Makes a network's precisions selectable; of a file with pairs, each of these.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the network that reads its selection from the variables
   * @throws IllegalArgumentException if a quantization point has no range
   */
  public Network apply(Network network, ActivationScheme scheme) {
    Graph graph = network.graph();
    boolean ofFile = FilePairs.areIn(graph);
    List<String> layers = ofFile ? FilePairs.names(graph) : QuantizableLayer.names(graph, scheme);
    Map<String, String> weights = new HashMap<>();
    Map<String, String> activations = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      weights.put(layers.get(i), weights(i));
      activations.put(layers.get(i), activation(i));
    }
    if (ofFile) {
      return network.apply(FilePairs.selectable(activations));
    }
    List<Precision> precisions = precisions();
    return network
        .apply(
            new InsertAtPoints(
                scheme,
                FakeQuantize.SUFFIX,
                point -> {
                  List<Op> ops = new ArrayList<>();
                  for (int i = 0; i < precisions.size(); i++) {
                    Quantization.Ranged alternative = alternatives.get(i);
                    ops.add(alternative.activation(graph.name(), point, scheme, precisions.get(i)));
                  }
                  return Optional.of(
                      new SelectableActivation(
                          activations.get(point.name()), Optional.empty(), ops));
                }))
        .apply(new MakeWeightsSelectable(weights, precisions));
  }
}
