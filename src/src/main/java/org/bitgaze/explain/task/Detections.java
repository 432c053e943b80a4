package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bitgaze.explain.Answer;
import org.bitgaze.measure.ScoredMatches;

/**
 * Detected objects.
 *
 * @param boxes in the order of their scores, the highest first
 */
public record Detections(List<Box> boxes) implements Answer {
  private static final long serialVersionUID = 1L;

  /** At most so many boxes are kept. */
  static final int MAX = 100;

  /** From this intersection over union on, a box is a duplicate of one with a higher score. */
  static final double DUPLICATE = 0.45;

  /** Boxes match that have at least this intersection over union. */
  static final double MATCH = 0.5;

  /** Copies the list. */
  public Detections {
    boxes = new ArrayList<>(boxes);
  }

  @Override
  public int mainClass() {
    return boxes.isEmpty() ? NO_CLASS : boxes.get(0).classIndex();
  }

  @Override
  public double probability() {
    return boxes.isEmpty() ? 0 : boxes.get(0).score();
  }

  /** Removes duplicates of one class (non-maximum suppression), the highest scores first. */
  static Detections suppressed(List<Box> candidates) {
    List<Box> ordered = new ArrayList<>(candidates);
    ordered.sort(Comparator.comparingDouble(Box::score).reversed().thenComparingInt(Box::anchor));
    List<Box> kept = new ArrayList<>();
    for (Box box : ordered) {
      boolean duplicate =
          kept.stream()
              .anyMatch(k -> k.classIndex() == box.classIndex() && k.overlap(box) > DUPLICATE);
      if (!duplicate) {
        kept.add(box);
      }
      if (kept.size() == MAX) {
        break;
      }
    }
    return new Detections(kept);
  }

  /**
   * Matches the boxes with a label's as pycocotools does: in the order of their scores, each box
   * takes the object of its class that overlaps it most and was not taken before, the last of
   * several.
   *
   * @param label the objects that the image shows
   * @return which boxes are matched
   */
  public ScoredMatches scored(List<Box> label) {
    boolean[] taken = new boolean[label.size()];
    SortedMap<Integer, Integer> expected = new TreeMap<>();
    label.forEach(object -> expected.merge(object.classIndex(), 1, Integer::sum));
    List<ScoredMatches.Match> found = new ArrayList<>();
    for (Box box : boxes) {
      int best = -1;
      double most = MATCH;
      for (int i = 0; i < taken.length; i++) {
        double overlap = box.overlap(label.get(i));
        if (!taken[i] && label.get(i).classIndex() == box.classIndex() && overlap >= most) {
          best = i;
          most = overlap;
        }
      }
      if (best >= 0) {
        taken[best] = true;
      }
      found.add(new ScoredMatches.Match(box.classIndex(), box.score(), best >= 0));
    }
    return new ScoredMatches(expected, found);
  }

  /**
   * Counts matches: in the order of their scores, each box takes the box of its class that overlaps
   * it most and was not taken before.
   *
   * @param reference the boxes to find
   * @return the number of boxes that are matched
   */
  public int matches(List<Box> reference) {
    boolean[] taken = new boolean[reference.size()];
    int matches = 0;
    for (Box box : boxes) {
      int best = -1;
      double most = 0;
      for (int i = 0; i < taken.length; i++) {
        Box other = reference.get(i);
        double overlap = box.overlap(other);
        boolean fits = !taken[i] && other.classIndex() == box.classIndex() && overlap >= MATCH;
        if (fits && overlap > most) {
          best = i;
          most = overlap;
        }
      }
      if (best >= 0) {
        taken[best] = true;
        matches++;
      }
    }
    return matches;
  }
}
