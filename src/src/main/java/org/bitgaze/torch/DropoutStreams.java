package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The random streams that a program draws from: one for each image and layer. They depend on names
 * alone, and not on the batch or the machine.
 *
 * @param network torchvision's name of the architecture
 * @param layers torchvision's names of the layers that draw, in the order of the program's columns;
 *     empty for a program that draws no random numbers
 */
public record DropoutStreams(String network, List<String> layers) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of a program that draws no random numbers. */
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
   * @param random the image and the variant
   * @return one per layer: the FNV-1a hash (64 bits) of {@code key|network|variant|layer} in UTF-8
   */
  public long[] states(RandomKey random) {
    return layers.stream()
        .mapToLong(
            layer -> fnv1a(random.key() + "|" + network + "|" + random.variant() + "|" + layer))
        .toArray();
  }

  /**
   * Adds the argument {@code streams} of a program that draws random numbers.
   *
   * @throws IllegalArgumentException if there is not one key per image
   */
  void addTo(NDList arguments, List<RandomKey> keys, int images) {
    if (layers.isEmpty()) {
      return;
    }
    if (keys.size() != images) {
      throw new IllegalArgumentException(
          network + " has active dropout: " + keys.size() + " keys for " + images + " images");
    }
    long[] states = keys.stream().flatMapToLong(k -> Arrays.stream(states(k))).toArray();
    arguments.add(arguments.getManager().create(states, new Shape(images, layers.size())));
  }

  private static long fnv1a(String text) {
    long hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
