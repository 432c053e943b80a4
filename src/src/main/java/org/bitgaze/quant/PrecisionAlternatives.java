package org.bitgaze.quant;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Op;

/**
 * The precisions that each layer of a network may have, of which the program takes those of a
 * {@link Configuration} that it is given when it runs. Number 0 stands for floating point, 1 for
 * the first alternative, and so on.
 *
 * @param alternatives uniform ones, each of another precision
 */
public record PrecisionAlternatives(List<Quantization.Ranged> alternatives)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Copies the list. */
  public PrecisionAlternatives {
    alternatives = List.copyOf(alternatives);
  }

  /**
   * Lists the precisions that configurations need.
   *
   * @param configurations any number
   * @return the integer precisions, each once
   */
  public static Set<Precision> precisions(List<Configuration> configurations) {
    Set<Precision> all = new LinkedHashSet<>();
    for (Configuration configuration : configurations) {
      List<LayerPrecision> layers = new ArrayList<>(configuration.layers().values());
      layers.add(0, configuration.otherwise());
      for (LayerPrecision layer : layers) {
        all.add(layer.weights());
        all.add(layer.activation());
      }
    }
    all.removeIf(Precision::isFloat);
    return all;
  }

  /** The integer precisions, in the order of their numbers, from 1. */
  private List<Precision> precisions() {
    return alternatives.stream().map(a -> a.configuration().otherwise().weights()).toList();
  }

  /**
   * Returns the number that stands for a precision.
   *
   * @param precision any
   * @return 0 for floating point
   * @throws IllegalArgumentException if it is no alternative
   */
  public int number(Precision precision) {
    int index = precisions().indexOf(precision);
    if (!precision.isFloat() && index < 0) {
      throw new IllegalArgumentException(precision + " is none of " + precisions());
    }
    return index + 1;
  }

  /**
   * Returns the program's variable that holds the number of a layer's weights.
   *
   * @param layer its index among {@link QuantizableLayer#of}'s
   * @return a name
   */
  public static String weights(int layer) {
    return "weights_" + layer;
  }

  /**
   * Returns the program's variable that holds the number of a layer's activation.
   *
   * @param layer its index among {@link QuantizableLayer#of}'s
   * @return a name
   */
  public static String activation(int layer) {
    return "activation_" + layer;
  }

  /**
   * Rewrites a network.
   *
   * @param network a network after the pass of a {@link org.bitgaze.network.Mode}
   * @param scheme how activations are quantized
   * @return the network that reads what is chosen from the variables
   * @throws IllegalArgumentException if a quantization point has no range
   */
  public Network apply(Network network, ActivationScheme scheme) {
    Graph graph = network.graph();
    List<String> layers = QuantizableLayer.names(graph, scheme);
    Map<String, String> weights = new HashMap<>();
    Map<String, String> activations = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      weights.put(layers.get(i), weights(i));
      activations.put(layers.get(i), activation(i));
    }
    return network
        .apply(
            new AtPoints(
                scheme,
                FakeQuantize.SUFFIX,
                point -> {
                  List<Op> ops = new ArrayList<>();
                  for (Quantization.Ranged alternative : alternatives) {
                    Precision bits = alternative.configuration().otherwise().activation();
                    ops.add(alternative.activation(graph.name(), point, scheme, bits));
                  }
                  return Optional.of(new ChosenActivation(activations.get(point.name()), ops));
                }))
        .apply(new ChooseWeights(weights, precisions()));
  }
}
