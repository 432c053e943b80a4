package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Selects the keys with the smallest hashes, the same ones on every run. Workers decide for each
 * key separately, without knowing the other keys.
 *
 * @param hash of the last key that is let through
 * @param key the last key itself
 */
public record KeyLimit(long hash, String key) implements Comparable<KeyLimit>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final Comparator<KeyLimit> ORDER =
      Comparator.comparingLong(KeyLimit::hash).thenComparing(KeyLimit::key);

  /** Lets all keys through. */
  public static final KeyLimit ALL = new KeyLimit(Long.MAX_VALUE, "");

  /**
   * Tells whether a key is let through.
   *
   * @param candidate the key
   * @return whether its hash is small enough
   */
  public boolean accepts(String candidate) {
    return of(candidate).compareTo(this) <= 0;
  }

  @Override
  public int compareTo(KeyLimit other) {
    return ORDER.compare(this, other);
  }

  /** Where a key stands. */
  static KeyLimit of(String key) {
    return new KeyLimit(SampleByKey.hash(key), key);
  }

  /** Finds the limit that lets a number of keys through. */
  public static final class Finder {
    private final int size;
    private final PriorityQueue<KeyLimit> smallest = new PriorityQueue<>(ORDER.reversed());

    /**
     * Starts.
     *
     * @param size how many keys are let through, at least 1
     */
    public Finder(int size) {
      this.size = size;
    }

    /**
     * Looks at a key.
     *
     * @param key one of all keys
     */
    public void add(String key) {
      smallest.add(of(key));
      if (smallest.size() > size) {
        smallest.poll();
      }
    }

    /**
     * Returns the limit.
     *
     * @return lets exactly so many of the keys through, if there are that many
     * @throws java.util.NoSuchElementException if there was no key
     */
    public KeyLimit limit() {
      return smallest.element();
    }

    /** {@return the keys that are let through, in the order of their hashes} */
    public List<String> keys() {
      return smallest.stream().sorted().map(KeyLimit::key).toList();
    }
  }
}
