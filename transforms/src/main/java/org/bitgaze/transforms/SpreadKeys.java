package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Spreads images' names over workers. What an image is read from should be small here: a path, a
 * key.
 *
 * <p>A runner that keeps everything between two steps in memory (the direct runner) would decode
 * all images before it looks at the first, if it were given all names at once. So names are handed
 * out in portions, and the rest is asked for when there is nothing else to do: some six portions
 * are alive then with one shard, whatever the number of images. A runner that fuses steps (Flink)
 * has a batch or two alive in each line of steps anyway; there names take turns.
 *
 * @param <T> what an image is read from
 */
public final class SpreadKeys<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;

  /**
   * Larger portions cost memory, smaller ones time: each step of the direct runner takes some
   * milliseconds for a portion, whatever is in it.
   */
  static final int PORTION = 128;

  /** Heap for an image of a portion: with six portions alive, one may take a sixth of this. */
  private static final long BYTES_AN_IMAGE = 32 << 20;

  /** Smaller portions fill no batch; others are multiples of it. */
  private static final int LEAST = 4;

  /** So many at least have something to do, if there are names enough. */
  private static final int WORKERS = 4;

  private final Way way;

  /**
   * How names are handed out. They are grouped by keys, and groups go to workers.
   *
   * @param keys the groups' keys
   * @param portions whether a name's key depends on itself only, and a group is handed out in
   *     portions; else keys take turns, and names are handed out one by one
   * @param checkpoints whether each portion is a checkpoint of the splittable function, so that the
   *     runner works off one portion before it takes the next; only with portions
   */
  public record Way(List<Integer> keys, boolean portions, boolean checkpoints)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** For runners and collections that nothing is known of. */
    public static final Way USUAL = inShards(64);

    /** Leaves keys where they are, for a pipeline that spreads them in a later step. */
    public static final Way NONE = new Way(List.of(-1), false, false);

    /**
     * Checks that there are keys.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Way {
      keys = List.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("names handed out to nobody");
      }
    }

    /**
     * In portions: from one shard for the direct runner, from many for each worker of another,
     * which gets its shards by a hash. A shard's names are held together.
     *
     * @param number how many shards, at least 1
     * @return the way
     * @throws IllegalArgumentException if there are none
     */
    public static Way inShards(int number) {
      return new Way(IntStream.range(0, number).boxed().toList(), true, true);
    }

    /**
     * In turn, for runners that fuse steps and, after a fault, do all again that depends on a step
     * done again (Flink): in each bundle, each key gets as many names as any other, or one more.
     *
     * @param keys keys that the runner sends to one worker each
     * @return the way
     * @throws IllegalArgumentException if there are none
     */
    public static Way inTurn(List<Integer> keys) {
      return new Way(keys, false, false);
    }

    /**
     * Hands out a group without checkpoints between its portions, for runners that store each
     * checkpoint.
     *
     * @return a new way
     */
    public Way withoutCheckpoints() {
      return new Way(keys, portions, false);
    }

    /** Says it to people, such as "in turn". */
    @Override
    public String toString() {
      return portions ? "in portions, shards: " + keys.size() : "in turn";
    }
  }

  private SpreadKeys(Way way) {
    this.way = way;
  }

  /**
   * Hands out in {@link Way#USUAL}.
   *
   * @param <T> what an image is read from
   * @return the transform
   */
  public static <T> SpreadKeys<T> create() {
    return new SpreadKeys<>(Way.USUAL);
  }

  /**
   * Chooses how.
   *
   * @param other another way
   * @return a new transform
   */
  public SpreadKeys<T> withWay(Way other) {
    return new SpreadKeys<>(other);
  }

  @Override
  public PCollection<KV<String, T>> expand(PCollection<KV<String, T>> names) {
    if (way.equals(Way.NONE)) {
      return names;
    }
    Coder<KV<String, T>> coder = names.getCoder();
    PCollection<KV<Integer, KV<String, T>>> keyed =
        names
            .apply("Key", ParDo.of(new KeyFn<>(way)))
            .setCoder(KvCoder.of(VarIntCoder.of(), coder));
    if (!way.portions()) {
      return keyed.apply("Spread", Reshuffle.of()).apply("Names", Values.create());
    }
    return keyed
        .apply("Gather", GroupByKey.create())
        .apply("Pack", ParDo.of(new PackFn<>(coder)))
        .apply("Portions", ParDo.of(new PortionsFn<>(coder, way.checkpoints())))
        .setCoder(coder);
  }

  /** As many as fit; of a few names, no more than leaves something for other workers. */
  private static int portion(int names, long heap) {
    long fitting = Math.min(PORTION, heap / BYTES_AN_IMAGE / LEAST * LEAST);
    int share = (names / WORKERS + LEAST - 1) / LEAST * LEAST;
    return (int) Math.max(LEAST, Math.min(fitting, share));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("way", way.toString()));
  }

  /** Names that count up have hashes that do, too. */
  private static int spread(int hash) {
    int h = hash * 0x9e3779b9;
    return h ^ h >>> 16;
  }

  /** Gives names keys: by their own hash, or in turn, beginning with the first name's hash. */
  private static final class KeyFn<T> extends DoFn<KV<String, T>, KV<Integer, KV<String, T>>> {
    private static final long serialVersionUID = 1L;
    private final Way way;
    private transient OptionalInt turn;

    KeyFn(Way way) {
      this.way = way;
    }

    @StartBundle
    public void startBundle() {
      turn = OptionalInt.empty();
    }

    @ProcessElement
    public void process(
        @Element KV<String, T> name, OutputReceiver<KV<Integer, KV<String, T>>> out) {
      int own = spread(name.getKey().hashCode());
      // Not from the first key on: there may be many bundles, and few names in each.
      int index = Math.floorMod(way.portions() ? own : turn.orElse(own), way.keys().size());
      turn = OptionalInt.of(index + 1);
      out.output(KV.of(way.keys().get(index), name));
    }
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
      int size = portion(names.size(), Runtime.getRuntime().maxMemory());
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
    private final boolean checkpoints;

    PortionsFn(Coder<E> coder, boolean checkpoints) {
      this.coder = ListCoder.of(coder);
      this.checkpoints = checkpoints;
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
      for (long next = tracker.currentRestriction().getFrom(); tracker.tryClaim(next); next++) {
        CoderUtils.decodeFromByteArray(coder, portions.get((int) next)).forEach(out::output);
        if (checkpoints) {
          return ProcessContinuation.resume();
        }
      }
      return ProcessContinuation.stop();
    }
  }
}
