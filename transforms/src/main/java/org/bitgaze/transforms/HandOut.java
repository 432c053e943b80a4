package org.bitgaze.transforms;

import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Spreads images' names over workers and hands them out in portions. What an image is read from
 * should be small here: a path, a key.
 *
 * <p>A runner that keeps everything between two steps in memory (the direct runner) would decode
 * all images before it looks at the first, if it were given all names at once. A portion of sixteen
 * is handed out, and the rest is asked for when there is nothing else to do: some 80 images are
 * alive then with one shard, whatever their number. A runner that fuses steps (Flink) wants several
 * shards for each of its slots instead.
 *
 * @param <T> what an image is read from
 */
public final class HandOut<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;

  /** For runners and collections that nothing is known of. */
  private static final int SHARDS = 64;

  private static final int PORTION = 16;

  private final int shards;

  private HandOut(int shards) {
    this.shards = shards;
  }

  /**
   * Hands out in 64 shards.
   *
   * @param <T> what an image is read from
   * @return the transform
   */
  public static <T> HandOut<T> create() {
    return new HandOut<>(SHARDS);
  }

  /**
   * Chooses the shards: one for the direct runner, several a slot for others. A shard's names are
   * held together.
   *
   * @param number at least 1
   * @return a new transform
   */
  public HandOut<T> inShards(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(number + " shards are none");
    }
    return new HandOut<>(number);
  }

  @Override
  public PCollection<KV<String, T>> expand(PCollection<KV<String, T>> names) {
    int count = shards;
    return names
        .apply(
            "Shard",
            WithKeys.<Integer, KV<String, T>>of(
                    name -> Math.floorMod(spread(name.getKey().hashCode()), count))
                .withKeyType(TypeDescriptors.integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), names.getCoder()))
        .apply("Gather", GroupByKey.create())
        .apply("Portions", ParDo.of(new PortionsFn<>()))
        .setCoder(names.getCoder());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("shards", shards)).add(DisplayData.item("portion", PORTION));
  }

  /** Names that count up have hashes that do, too. */
  private static int spread(int hash) {
    int h = hash * 0x9e3779b9;
    return h ^ h >>> 16;
  }

  @DoFn.BoundedPerElement
  private static final class PortionsFn<T>
      extends DoFn<KV<Integer, Iterable<KV<String, T>>>, KV<String, T>> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange all(@Element KV<Integer, Iterable<KV<String, T>>> shard) {
      long count = 0;
      for (Iterator<?> i = shard.getValue().iterator(); i.hasNext(); i.next()) {
        count++;
      }
      return new OffsetRange(0, count);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element KV<Integer, Iterable<KV<String, T>>> shard,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<KV<String, T>> out) {
      long from = tracker.currentRestriction().getFrom();
      Iterator<KV<String, T>> names = from(shard.getValue(), from);
      for (long i = from; tracker.tryClaim(i); i++) {
        out.output(names.next());
        if (i - from + 1 == PORTION) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    }

    private static <E> Iterator<E> from(Iterable<E> elements, long first) {
      if (elements instanceof List<E> list) {
        return list.listIterator((int) first);
      }
      Iterator<E> iterator = elements.iterator();
      for (long i = 0; i < first; i++) {
        iterator.next();
      }
      return iterator;
    }
  }
}
