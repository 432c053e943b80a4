package org.bitgaze.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The normalization of a network's input: (sample / 255 - mean) / std, per channel.
 *
 * @param mean of red, green and blue, from 0 to 1
 * @param std of red, green and blue, positive
 */
public record Normalization(List<Double> mean, List<Double> std) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** ImageNet's mean and standard deviation, as torchvision publishes them. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not three of each, or a standard deviation is not
   *     positive
   */
  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          "expected three means and three positive standard deviations, found mean "
              + mean
              + " and std "
              + std);
    }
  }

  /**
   * Normalizes an image in float32, as compiled programs do, to the bit.
   *
   * @param image what the network sees
   * @return float32 (3, height, width), row by row
   */
  public float[] normalize(RgbImage image) {
    int pixels = image.height() * image.width();
    float[] normalized = new float[3 * pixels];
    for (int c = 0; c < 3; c++) {
      float channelMean = mean.get(c).floatValue();
      float channelStd = std.get(c).floatValue();
      for (int i = 0; i < pixels; i++) {
        float sample = (image.pixels()[3 * i + c] & 0xff) / 255f;
        normalized[c * pixels + i] = (sample - channelMean) / channelStd;
      }
    }
    return normalized;
  }

  static List<Double> parse(String text) {
    try {
      return Arrays.stream(text.split("/")).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not three numbers R/G/B", e);
    }
  }

  static String format(List<Double> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining("/"));
  }

  /** {@return the parts {@code mean} and {@code std} of {@link Preprocessing#toString}} */
  @Override
  public String toString() {
    return "mean=" + format(mean) + ",std=" + format(std);
  }
}
