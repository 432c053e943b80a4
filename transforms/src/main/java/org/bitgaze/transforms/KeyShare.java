package org.bitgaze.transforms;

import java.io.Serializable;

/**
 * Lets through a share of the keys, by a hash of each: the same ones on every run, whatever other
 * keys there are. A share and the rest have no key in common.
 *
 * @param from the smallest hash that is let through, in [0, 1]
 * @param to the first that is not any more, above {@code from} and at most 1
 */
public record KeyShare(double from, double to) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Lets all keys through. */
  public static final KeyShare ALL = new KeyShare(0, 1);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if they are not in order, or not in [0, 1]
   */
  public KeyShare {
    if (!(from >= 0 && from < to && to <= 1)) {
      throw new IllegalArgumentException("no share of the keys lies from " + from + " to " + to);
    }
  }

  /**
   * Tells whether a key is let through.
   *
   * @param key the key
   * @return whether its hash lies between the bounds
   */
  public boolean accepts(String key) {
    double hash = hash(key);
    return hash >= from && hash < to;
  }

  /**
   * Returns where a key lies among all keys.
   *
   * @param key the key
   * @return a hash in [0, 1), uniform over keys
   */
  public static double hash(String key) {
    // Samples and limits take keys by the same checksum: its bits are mixed (Steele et al. 2014,
    // SplitMix's finalizer), or a share would be of these.
    long z = SampleByKey.hash(key) + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }
}
