package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The precision of each layer of a network.
 *
 * @param name its name in tables; it also seeds the dropout of a network in training mode
 * @param otherwise the precision of all layers that are not exceptions
 * @param layers the exceptions by name, see {@link QuantizableLayer}; none if all layers are
 *     quantized alike
 */
public record Configuration(
    String name, LayerPrecision otherwise, Map<String, LayerPrecision> layers)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is quantized. */
  public static final Configuration F32 = uniform(Precision.F32);

  /** Copies the map without exceptions that equal {@code otherwise}. */
  public Configuration {
    TreeMap<String, LayerPrecision> exceptions = new TreeMap<>(layers);
    exceptions.values().removeIf(otherwise::equals);
    layers = Collections.unmodifiableSortedMap(exceptions);
  }

  /**
   * Quantizes all layers alike.
   *
   * @param precision the precision of weights and activations
   * @return a configuration with the precision's name
   */
  public static Configuration uniform(Precision precision) {
    return new Configuration(precision.toString(), LayerPrecision.of(precision), Map.of());
  }

  /**
   * Quantizes all layers alike.
   *
   * @param precision the name of a precision, see {@link Precision#of}
   * @return a configuration with that name
   * @throws IllegalArgumentException if there is no such precision
   */
  public static Configuration of(String precision) {
    return uniform(Precision.of(precision));
  }

  /**
   * Changes the precision of a layer.
   *
   * @param layer the layer's name
   * @param precision the layer's precision
   * @return a new configuration with the same name
   */
  public Configuration with(String layer, LayerPrecision precision) {
    TreeMap<String, LayerPrecision> all = new TreeMap<>(layers);
    all.put(layer, precision);
    return new Configuration(name, otherwise, all);
  }

  /**
   * Changes the name.
   *
   * @param other the new name
   * @return a new configuration with the same precisions
   */
  public Configuration named(String other) {
    return new Configuration(other, otherwise, layers);
  }

  /**
   * Returns the precision of a layer.
   *
   * @param layer the layer's name
   * @return its own precision, or {@link #otherwise}
   */
  public LayerPrecision get(String layer) {
    return layers.getOrDefault(layer, otherwise);
  }

  /** {@return the precisions that layers may have, that of most first} */
  public Stream<LayerPrecision> precisions() {
    return Stream.concat(Stream.of(otherwise), layers.values().stream());
  }

  /** {@return whether nothing is quantized} */
  public boolean isFloat() {
    return otherwise.isFloat() && layers.isEmpty();
  }

  /**
   * Checks that a network has the layers that are exceptions.
   *
   * @param network the network's name, for the message
   * @param known the names of its layers
   * @throws IllegalArgumentException if a layer is missing, naming the first
   */
  public void check(String network, Collection<String> known) {
    Set<String> names = Set.copyOf(known);
    for (String layer : layers.keySet()) {
      if (!names.contains(layer)) {
        throw new IllegalArgumentException(
            name + ": " + network + " has no layer '" + layer + "'; there are " + known);
      }
    }
  }

  /** {@return the name} */
  @Override
  public String toString() {
    return name;
  }
}
