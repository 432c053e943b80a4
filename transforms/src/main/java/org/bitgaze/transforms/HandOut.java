package org.bitgaze.transforms;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Spreads images' names over workers and hands them out in portions. What an image is read from
 * should be small here: a path, a key.
 *
 * <p>A runner that keeps everything between two steps in memory (the direct runner) would decode
 * all images before it looks at the first, if it were given all names at once. A portion is handed
 * out, and the rest is asked for when there is nothing else to do: some six portions are alive then
 * with one shard, whatever the number of images. A runner that fuses steps (Flink) wants several
 * shards for each of its slots instead.
 *
 * @param <T> what an image is read from
 */
public final class HandOut<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;

  /** For runners and collections that nothing is known of. */
  private static final int SHARDS = 64;

  /**
   * Larger portions cost memory, smaller ones time: each step of the direct runner takes some
   * milliseconds for a portion, whatever is in it.
   */
  static final int PORTION = 64;

  /** Smaller portions fill no batch; others are multiples of it. */
  private static final int LEAST = 4;

  /** So many at least have something to do, if there are names enough. */
  private static final int WORKERS = 4;

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
    Coder<KV<String, T>> coder = names.getCoder();
    return names
        .apply(
            "Shard",
            WithKeys.<Integer, KV<String, T>>of(
                    name -> Math.floorMod(spread(name.getKey().hashCode()), count))
                .withKeyType(TypeDescriptors.integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), coder))
        .apply("Gather", GroupByKey.create())
        .apply("Pack", ParDo.of(new PackFn<>(coder)))
        .apply("Portions", ParDo.of(new PortionsFn<>(coder)))
        .setCoder(coder);
  }

  /** Of a few names, no more than leaves something for other workers. */
  private static int portion(int names) {
    int share = (names / WORKERS + LEAST - 1) / LEAST * LEAST;
    return Math.max(LEAST, Math.min(PORTION, share));
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

  /**
   * Encodes a shard's names, a portion at a time: groups cannot be read twice on every runner, and
   * the direct runner copies what is handed out in portions for each of them, which costs little if
   * it is bytes.
   */
  private static final class PackFn<E> extends DoFn<KV<Integer, Iterable<E>>, List<byte[]>> {
    private static final long serialVersionUID = 1L;
    private final ListCoder<E> coder;

    PackFn(Coder<E> coder) {
      this.coder = ListCoder.of(coder);
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<E>> shard, OutputReceiver<List<byte[]>> out)
        throws CoderException {
      List<E> names = new ArrayList<>();
      shard.getValue().forEach(names::add);
      int size = portion(names.size());
      List<byte[]> portions = new ArrayList<>();
      for (int from = 0; from < names.size(); from += size) {
        List<E> portion = names.subList(from, Math.min(from + size, names.size()));
        portions.add(CoderUtils.encodeToByteArray(coder, portion));
      }
      out.output(portions);
    }
  }

  @DoFn.BoundedPerElement
  private static final class PortionsFn<E> extends DoFn<List<byte[]>, E> {
    private static final long serialVersionUID = 1L;
    private final ListCoder<E> coder;

    PortionsFn(Coder<E> coder) {
      this.coder = ListCoder.of(coder);
    }

    @GetInitialRestriction
    public OffsetRange all(@Element List<byte[]> portions) {
      return new OffsetRange(0, portions.size());
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element List<byte[]> portions,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<E> out)
        throws CoderException {
      long next = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(next)) {
        return ProcessContinuation.stop();
      }
      CoderUtils.decodeFromByteArray(coder, portions.get((int) next)).forEach(out::output);
      return ProcessContinuation.resume();
    }
  }
}
