package org.bitgaze.transforms.values;

import java.util.ArrayList;
import java.util.List;

/**
 * What checks of an image's maps have found.
 *
 * @param judged how well maps explain networks' answers
 * @param randomized maps of networks with random weights
 */
public record MapChecks(List<JudgedMap> judged, List<RandomizedMap> randomized) {
  /** Nothing was checked. */
  public static final MapChecks NONE = new MapChecks(List.of(), List.of());

  /** Copies the lists. */
  public MapChecks {
    judged = List.copyOf(judged);
    randomized = List.copyOf(randomized);
  }

  /**
   * Adds what another check has found.
   *
   * @param other the other findings
   * @return both
   */
  public MapChecks and(MapChecks other) {
    List<JudgedMap> allJudged = new ArrayList<>(judged);
    allJudged.addAll(other.judged);
    List<RandomizedMap> allRandomized = new ArrayList<>(randomized);
    allRandomized.addAll(other.randomized);
    return new MapChecks(allJudged, allRandomized);
  }
}
