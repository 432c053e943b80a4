package org.bitgaze.pipelines.study;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which calibration samples a study draws. Samples of one size have no image in common: the j-th
 * sample of n images takes the j-th n images in the order of the keys' hashes.
 *
 * @param samples number of samples of each size, at least 2; fewer if there are not enough images
 * @param size number of images of the samples by which rules are compared, at least 1
 * @param otherSizes further sizes, for the spread against the size
 */
public record StudyDesign(int samples, int size, List<Integer> otherSizes) {
  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})x([1-9][0-9]{0,5})");

  /** Sorts the sizes. */
  public StudyDesign {
    TreeSet<Integer> others = new TreeSet<>(otherSizes);
    others.remove(size);
    otherSizes = List.copyOf(others);
  }

  /**
   * Parses number and size of the samples.
   *
   * @param text such as {@code 10x32}
   * @param otherSizes further sizes
   * @return the design
   * @throws IllegalArgumentException if the text has another form, or there are fewer than two
   *     samples
   */
  public static StudyDesign parse(String text, List<Integer> otherSizes) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(1)) < 2) {
      throw new IllegalArgumentException(
          "'" + text + "' must be SAMPLESxIMAGES with at least 2 samples, such as 10x32");
    }
    return new StudyDesign(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), otherSizes);
  }

  /**
   * Returns how many samples of a size there are.
   *
   * @param imagesOfSample the size
   * @param images the number of images from which samples are drawn
   * @return at most {@link #samples}; fewer than 2 if the size cannot be studied
   */
  public int samples(int imagesOfSample, long images) {
    return (int) Math.min(samples, images / imagesOfSample);
  }

  /**
   * Returns the sizes that can be studied, the main one first.
   *
   * @param images the number of images from which samples are drawn
   * @return sizes of which there are at least two samples
   */
  public List<Integer> sizes(long images) {
    return Stream.concat(Stream.of(size), otherSizes.stream())
        .filter(n -> samples(n, images) >= 2)
        .toList();
  }

  /** {@return the number of images that all samples of the main size take} */
  public long needed() {
    return (long) samples * size;
  }
}
