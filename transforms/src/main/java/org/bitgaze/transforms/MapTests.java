package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.Set;
import org.bitgaze.faithfulness.ImageJudge;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;

/**
 * Which tests of a model's maps run beside the maps: how well they explain the network, and whether
 * they depend on its weights. The tests run networks many times, so they take a sample of images.
 *
 * @param measures measures of faithfulness; empty for none
 * @param sanity whether maps are compared with those of networks with random weights
 * @param images lets the images of the sample through
 */
public record MapTests(Set<Measure> measures, boolean sanity, KeyLimit images)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** No test. */
  public static final MapTests NONE = new MapTests(Set.of(), false, KeyLimit.ALL);

  /**
   * Keeps the measures of faithfulness in order.
   *
   * @throws IllegalArgumentException if another measure is among them
   */
  public MapTests {
    measures = MeasureCatalog.ordered(measures);
    if (!MeasureCatalog.ofFaithfulness().containsAll(measures)) {
      throw new IllegalArgumentException(measures + " are not all measures of faithfulness");
    }
  }

  /** {@return whether there is nothing to test} */
  public boolean isEmpty() {
    return measures.isEmpty() && !sanity;
  }

  /**
   * Chooses the images.
   *
   * @param limit lets them through
   * @return the same tests
   */
  public MapTests within(KeyLimit limit) {
    return new MapTests(measures, sanity, limit);
  }

  boolean accepts(String key) {
    return images.accepts(key);
  }

  /**
   * Returns the number of forward passes for one image of a model.
   *
   * @param precisions number of the model's precisions and candidates, f32 among them
   * @return passes of all precisions together, if all of them explain f32's class: each judges its
   *     own map and two controls, each other than f32 also f32's map, and f32 also theirs
   */
  public long passes(int precisions) {
    if (measures.isEmpty()) {
      return 0;
    }
    long others = precisions - 1L;
    return ImageJudge.passes(3 + others, measures) + others * ImageJudge.passes(4, measures);
  }
}
