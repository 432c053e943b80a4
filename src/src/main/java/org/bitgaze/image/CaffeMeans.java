package org.bitgaze.image;

import java.util.List;

/**
 * The normalization of networks trained with Caffe: sample - mean, in the order blue, green, red,
 * without a division.
 *
 * @param means of blue, green and red, in units of a sample: 0 to 255
 */
public record CaffeMeans(List<Double> means) {

  /**
   * ImageNet's means, as VGG's authors publish them.
   *
   * @see <a href="https://gist.github.com/ksimonyan/211839e770f7b538e2d8">VGG's description</a>
   */
  public static final CaffeMeans VGG = new CaffeMeans(List.of(103.939, 116.779, 123.68));

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not three means
   */
  public CaffeMeans {
    means = List.copyOf(means);
    if (means.size() != 3) {
      throw new IllegalArgumentException("expected three means (blue, green, red), found " + means);
    }
  }
}
