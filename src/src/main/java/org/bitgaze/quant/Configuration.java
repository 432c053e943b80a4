package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which precision each layer of a network has. A network that is quantized alike throughout is a
 * configuration without exceptions.
 *
 * @param name what tables call it; it also chooses the random numbers of a network that draws some
 * @param otherwise the precision of all layers that are not exceptions
 * @param layers the exceptions, by the layers' names, see {@link QuantizableLayer}
 */
public record Configuration(
    String name, LayerPrecision otherwise, SortedMap<String, LayerPrecision> layers)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nothing is quantized: the reference of all others. */
  public static final Configuration F32 = uniform(Precision.F32);

  /** Copies the map, without exceptions that are none. */
  public Configuration {
    TreeMap<String, LayerPrecision> exceptions = new TreeMap<>(layers);
    exceptions.values().removeIf(otherwise::equals);
    layers = Collections.unmodifiableSortedMap(exceptions);
  }

  /**
   * Quantizes all layers alike.
   *
   * @param precision of weights and activations
   * @return the configuration, of the precision's name
   */
  public static Configuration uniform(Precision precision) {
    return new Configuration(
        precision.toString(), LayerPrecision.of(precision), Collections.emptySortedMap());
  }

  /**
   * Quantizes all layers alike.
   *
   * @param precision its name, see {@link Precision#of}
   * @return the configuration of that name
   * @throws IllegalArgumentException if there is no such precision
   */
  public static Configuration of(String precision) {
    return uniform(Precision.of(precision));
  }

  /**
   * Quantizes each layer by itself.
   *
   * @param name what tables call it
   * @param otherwise the precision of all layers that are not exceptions
   * @param layers layer to precision
   * @return the configuration
   */
  public static Configuration of(
      String name, LayerPrecision otherwise, Map<String, LayerPrecision> layers) {
    return new Configuration(name, otherwise, new TreeMap<>(layers));
  }

  /**
   * Makes an exception.
   *
   * @param layer the layer's name
   * @param precision of that layer
   * @return a new configuration of the same name
   */
  public Configuration with(String layer, LayerPrecision precision) {
    TreeMap<String, LayerPrecision> all = new TreeMap<>(layers);
    all.put(layer, precision);
    return new Configuration(name, otherwise, all);
  }

  /**
   * Gives the same another name.
   *
   * @param other what tables call it
   * @return a new configuration
   */
  public Configuration named(String other) {
    return new Configuration(other, otherwise, layers);
  }

  /**
   * Returns the precision of a layer.
   *
   * @param layer its name
   * @return its own, or that of all others
   */
  public LayerPrecision get(String layer) {
    return layers.getOrDefault(layer, otherwise);
  }

  /**
   * Tells whether nothing is quantized.
   *
   * @return whether all layers are floating point
   */
  public boolean isFloat() {
    return otherwise.isFloat() && layers.isEmpty();
  }

  /**
   * Checks that the exceptions are of layers that a network has.
   *
   * @param network what to call it
   * @param known the names of its layers
   * @throws IllegalArgumentException if there is no such layer, naming the first
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

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
