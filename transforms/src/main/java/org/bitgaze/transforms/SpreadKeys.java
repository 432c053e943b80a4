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
 * Spreads images over workers, before they are decoded: an element is a key and what the image is
 * read from, which should be small (a path, for example).
 *
 * <p>A runner that keeps all elements between two steps in memory (the direct runner) would decode
 * all images before it explains the first one. Therefore keys are emitted in portions, and the next
 * portion is requested when the runner has no other work: with one shard about six portions are in
 * memory, whatever the number of images. A runner that fuses steps (Flink) keeps one or two batches
 * per line of steps in memory anyway; there images are assigned to workers round-robin.
 *
 * @param <T> what an image is read from
 */
public final class SpreadKeys<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, T>>> {
  private static final long serialVersionUID = 1L;

  /**
   * The largest portion. Larger ones need more memory, smaller ones more time: each step of the
   * direct runner takes a few milliseconds per portion, whatever its size.
   */
  static final int PORTION = 128;

  /** Heap per image of a portion: with six portions in memory, an image may take a sixth of it. */
  private static final long BYTES_PER_IMAGE = 32 << 20;

  /** The smallest portion; smaller ones would not fill a batch. Portions are multiples of it. */
  private static final int MIN_PORTION = 4;

  /** With few images, portions are so small that this many workers get one. */
  private static final int WORKERS = 4;

  private final Strategy strategy;

  /**
   * How images are spread: they are grouped, and the runner sends each group to a worker.
   *
   * @param groups the keys of the groups
   * @param portions whether an image's group depends on its key only, and a group is emitted in
   *     portions; else images are assigned to groups round-robin, and emitted one by one
   * @param checkpoints whether each portion is a checkpoint of the splittable function, so that the
   *     runner finishes a portion before it requests the next; only with portions
   */
  public record Strategy(List<Integer> groups, boolean portions, boolean checkpoints)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** For any runner, and any number of images. */
    public static final Strategy DEFAULT = inShards(64);

    /** Leaves images where they are, for a pipeline that spreads them in a later step. */
    public static final Strategy NONE = new Strategy(List.of(-1), false, false);

    /**
     * Checks that there are groups.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Strategy {
      groups = List.copyOf(groups);
      if (groups.isEmpty()) {
        throw new IllegalArgumentException("images need at least one group");
      }
    }

    /**
     * Emits shards in portions. The direct runner needs one shard; another runner assigns shards to
     * workers by a hash, and needs many per worker. The keys of a shard are held in memory
     * together.
     *
     * @param number the number of shards, at least 1
     * @return the strategy
     * @throws IllegalArgumentException if there are none
     */
    public static Strategy inShards(int number) {
      return new Strategy(IntStream.range(0, number).boxed().toList(), true, true);
    }

    /**
     * Assigns images to groups round-robin, for runners that fuse steps and repeat all dependent
     * steps after a fault (Flink). In each bundle the sizes of two groups differ by at most 1.
     *
     * @param groups keys, each of which the runner sends to another worker
     * @return the strategy
     * @throws IllegalArgumentException if there are none
     */
    public static Strategy roundRobin(List<Integer> groups) {
      return new Strategy(groups, false, false);
    }

    /**
     * Emits a group's portions without checkpoints, for runners that store each checkpoint.
     *
     * @return a new strategy
     */
    public Strategy withoutCheckpoints() {
      return new Strategy(groups, portions, false);
    }

    /** {@return a description, such as "round-robin"} */
    @Override
    public String toString() {
      return portions ? "in portions, shards: " + groups.size() : "round-robin";
    }
  }

  private SpreadKeys(Strategy strategy) {
    this.strategy = strategy;
  }

  /**
   * Returns a transform that spreads by {@link Strategy#DEFAULT}.
   *
   * @param <T> what an image is read from
   */
  public static <T> SpreadKeys<T> create() {
    return new SpreadKeys<>(Strategy.DEFAULT);
  }

  /**
   * Chooses how images are spread.
   *
   * @return a new transform
   */
  public SpreadKeys<T> withStrategy(Strategy other) {
    return new SpreadKeys<>(other);
  }

  @Override
  public PCollection<KV<String, T>> expand(PCollection<KV<String, T>> images) {
    if (strategy.equals(Strategy.NONE)) {
      return images;
    }
    Coder<KV<String, T>> coder = images.getCoder();
    PCollection<KV<Integer, KV<String, T>>> keyed =
        images
            .apply("Key", ParDo.of(new KeyFn<>(strategy)))
            .setCoder(KvCoder.of(VarIntCoder.of(), coder));
    if (!strategy.portions()) {
      return keyed.apply("Spread", Reshuffle.of()).apply("Images", Values.create());
    }
    return keyed
        .apply("Gather", GroupByKey.create())
        .apply("Pack", ParDo.of(new PackFn<>(coder)))
        .apply("Portions", ParDo.of(new PortionsFn<>(coder, strategy.checkpoints())))
        .setCoder(coder);
  }

  /** {@return how many of a shard's images a portion has} */
  private static int portion(int images, long heap) {
    long fitting = Math.min(PORTION, heap / BYTES_PER_IMAGE / MIN_PORTION * MIN_PORTION);
    int share = (images / WORKERS + MIN_PORTION - 1) / MIN_PORTION * MIN_PORTION;
    return (int) Math.max(MIN_PORTION, Math.min(fitting, share));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("strategy", strategy.toString()));
  }

  /** Mixes the bits of a hash: hashes of numbered keys are consecutive. */
  private static int spread(int hash) {
    int h = hash * 0x9e3779b9;
    return h ^ h >>> 16;
  }

  /** Assigns groups: by the key's hash, or round-robin beginning with the first key's hash. */
  private static final class KeyFn<T> extends DoFn<KV<String, T>, KV<Integer, KV<String, T>>> {
    private static final long serialVersionUID = 1L;
    private final Strategy strategy;
    private transient OptionalInt turn;

    KeyFn(Strategy strategy) {
      this.strategy = strategy;
    }

    @StartBundle
    public void startBundle() {
      turn = OptionalInt.empty();
    }

    @ProcessElement
    public void process(
        @Element KV<String, T> image, OutputReceiver<KV<Integer, KV<String, T>>> out) {
      int own = spread(image.getKey().hashCode());
      // Not from the first group on: there may be many bundles of few images.
      int index =
          Math.floorMod(strategy.portions() ? own : turn.orElse(own), strategy.groups().size());
      turn = OptionalInt.of(index + 1);
      out.output(KV.of(strategy.groups().get(index), image));
    }
  }

  /**
   * Encodes a shard, portion by portion: not every runner can read a group twice, and the direct
   * runner copies the input of a splittable function for each portion, which is cheap for bytes.
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
      List<E> images = new ArrayList<>();
      shard.getValue().forEach(images::add);
      int size = portion(images.size(), Runtime.getRuntime().maxMemory());
      List<byte[]> portions = new ArrayList<>();
      for (int from = 0; from < images.size(); from += size) {
        List<E> portion = images.subList(from, Math.min(from + size, images.size()));
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
