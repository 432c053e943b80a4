package org.bitgaze.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Mean average precision as pycocotools defines it ({@code COCOeval}, all areas): the detections of
 * a class in all images are ordered by their scores; precision, made not to increase with recall,
 * is averaged at 101 recalls from 0 to 1; and the mean is taken over the classes that the labels
 * have.
 */
public final class AveragePrecision {
  private static final int RECALLS = 101;
  private static final double STEP = 0.01;

  private AveragePrecision() {}

  /**
   * Computes the mean average precision.
   *
   * @param images what each image adds; detections with equal scores count in this order
   * @return the mean, in [0, 1]; nothing if no label has an object
   */
  public static OptionalDouble of(Collection<ScoredMatches> images) {
    SortedMap<Integer, Integer> expected = new TreeMap<>();
    SortedMap<Integer, List<ScoredMatches.Match>> found = new TreeMap<>();
    for (ScoredMatches image : images) {
      image.expected().forEach((index, objects) -> expected.merge(index, objects, Math::addExact));
      image
          .detections()
          .forEach(d -> found.computeIfAbsent(d.classIndex(), i -> new ArrayList<>()).add(d));
    }
    return expected.entrySet().stream()
        .mapToDouble(
            objects -> ofClass(found.getOrDefault(objects.getKey(), List.of()), objects.getValue()))
        .average();
  }

  private static double ofClass(List<ScoredMatches.Match> found, int expected) {
    List<ScoredMatches.Match> ordered = new ArrayList<>(found);
    ordered.sort(Comparator.comparingDouble(ScoredMatches.Match::score).reversed());
    double[] precision = new double[ordered.size()];
    double[] recall = new double[ordered.size()];
    int hits = 0;
    for (int i = 0; i < precision.length; i++) {
      hits += ordered.get(i).hit() ? 1 : 0;
      // The last digit is that of the definition, which adds it lest it divides by zero.
      precision[i] = hits / (i + 1 + Math.ulp(1.0));
      recall[i] = (double) hits / expected;
    }
    for (int i = precision.length - 1; i > 0; i--) {
      precision[i - 1] = Math.max(precision[i - 1], precision[i]);
    }
    double sum = 0;
    int at = 0;
    for (int r = 0; r < RECALLS; r++) {
      double least = r == RECALLS - 1 ? 1 : r * STEP;
      while (at < recall.length && recall[at] < least) {
        at++;
      }
      sum += at < recall.length ? precision[at] : 0;
    }
    return sum / RECALLS;
  }
}
