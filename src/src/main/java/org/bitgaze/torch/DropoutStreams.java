package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The random streams that a program draws from: one for each image and layer, decided by names
 * alone, so that neither the batch nor the machine matters.
 *
 * @param network torchvision's name of the architecture
 * @param layers torchvision's names of the layers that draw, in the order of the program's columns;
 *     empty for a program that draws nothing
 */
public record DropoutStreams(String network, List<String> layers) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of a program that draws nothing. */
  public static final DropoutStreams NONE = new DropoutStreams("", List.of());

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** Copies the list. */
  public DropoutStreams {
    layers = List.copyOf(layers);
  }

  /**
   * Returns the states in which an image's streams begin.
   *
   * @param draw which image, and which of several draws
   * @return one per layer: the FNV-1a hash (64 bits) of {@code key|network|variant|layer} in UTF-8
   */
  public long[] states(RandomKey draw) {
    return layers.stream()
        .mapToLong(layer -> fnv1a(draw.key() + "|" + network + "|" + draw.variant() + "|" + layer))
        .toArray();
  }

  /**
   * Adds the argument {@code streams} of a program that draws.
   *
   * @throws IllegalArgumentException if there is not one draw for each image
   */
  void addTo(NDList inputs, List<RandomKey> draws, int images) {
    if (layers.isEmpty()) {
      return;
    }
    if (draws.size() != images) {
      throw new IllegalArgumentException(
          network + " drops at random: " + draws.size() + " draws for " + images + " images");
    }
    long[] states = draws.stream().flatMapToLong(d -> Arrays.stream(states(d))).toArray();
    inputs.add(inputs.head().getManager().create(states, new Shape(images, layers.size())));
  }

  private static long fnv1a(String text) {
    long hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
