package org.bitgaze.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a network's input is made of samples: (sample / 255 - mean) / std, per channel.
 *
 * @param mean of red, green and blue, in units of the largest sample
 * @param std of red, green and blue, positive, likewise
 */
public record Normalization(List<Double> mean, List<Double> std) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** ImageNet's mean and deviation, as torchvision states them. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not three of each, or a deviation is not positive
   */
  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          "mean " + mean + " and std " + std + " are not three numbers, the latter positive");
    }
  }

  static List<Double> parse(String text) {
    try {
      return Arrays.stream(text.split("/")).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not R/G/B", e);
    }
  }

  static String format(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining("/"));
  }

  /** Returns the part of {@link Preprocessing#toString} that is this. */
  @Override
  public String toString() {
    return "mean=" + format(mean) + ",std=" + format(std);
  }
}
