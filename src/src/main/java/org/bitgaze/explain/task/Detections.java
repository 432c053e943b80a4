package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
   * several. A box that takes none, and lies in a crowd of its class, does not count.
   *
   * @param label the objects that the image shows
   * @param crowds boxes around many objects
   * @return which boxes are matched
   */
  public ScoredMatches scored(List<Box> label, List<Box> crowds) {
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
      if (best >= 0 || !liesIn(box, crowds)) {
        found.add(new ScoredMatches.Match(box.classIndex(), box.score(), best >= 0));
      }
    }
    return new ScoredMatches(expected, found);
  }

  private static boolean liesIn(Box box, List<Box> crowds) {
    return crowds.stream()
        .anyMatch(crowd -> crowd.classIndex() == box.classIndex() && box.shareIn(crowd) >= MATCH);
  }

  /**
   * Leaves out boxes that do not count: those that match no object, and lie in a crowd of their
   * class.
   *
   * @param objects those to find
   * @param crowds boxes around many objects
   * @return the others
   */
  Detections counted(List<Box> objects, List<Box> crowds) {
    Set<Box> matched = matched(objects);
    return new Detections(
        boxes.stream().filter(b -> matched.contains(b) || !liesIn(b, crowds)).toList());
  }

  /**
   * Counts matches: in the order of their scores, each box takes the box of its class that overlaps
   * it most and was not taken before.
   *
   * @param reference the boxes to find
   * @return the number of boxes that are matched
   */
  public int matches(List<Box> reference) {
    return matched(reference).size();
  }

  private Set<Box> matched(List<Box> reference) {
    boolean[] taken = new boolean[reference.size()];
    Set<Box> matched = Collections.newSetFromMap(new IdentityHashMap<>());
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
        matched.add(box);
      }
    }
    return matched;
  }
}
