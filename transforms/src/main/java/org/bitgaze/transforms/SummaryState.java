package org.bitgaze.transforms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.SortedMapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.measure.AveragePrecision;
import org.bitgaze.measure.ScoredMatches;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * A summary that can be merged with summaries of other images. Merged states give the same
 * statistics, to the last bit, as one summary of all images. Its size does not depend on the number
 * of images, with one exception: for average precision it keeps all detections that are compared
 * with labels, at about ten bytes each.
 */
public final class SummaryState {
  private static final StatisticsFn EACH = new StatisticsFn();

  /** Encodes states. */
  public static final Coder<SummaryState> CODER = new StateCoder();

  private final Map<SummaryKey, StatisticsFn.Moments> table;

  /** By what is summed up, and by the image's key, so that equal scores have an order. */
  private final Map<SummaryKey, SortedMap<String, byte[]>> matches;

  SummaryState() {
    this(new HashMap<>(), new HashMap<>());
  }

  private SummaryState(
      Map<SummaryKey, StatisticsFn.Moments> table,
      Map<SummaryKey, SortedMap<String, byte[]>> matches) {
    this.table = table;
    this.matches = matches;
  }

  /** Adds a value; NaN stands for a degenerate comparison. */
  void add(SummaryKey key, double value) {
    table.put(key, EACH.addInput(table.computeIfAbsent(key, k -> EACH.createAccumulator()), value));
  }

  /** Adds an image's matches. */
  void add(SummaryKey key, String image, byte[] found) {
    matches.computeIfAbsent(key, k -> new TreeMap<>()).put(image, found);
  }

  /**
   * Merges states.
   *
   * @param states of different images, in any order
   * @return the state of all of them
   */
  public static SummaryState merge(Iterable<SummaryState> states) {
    SummaryState merged = new SummaryState();
    for (SummaryState state : states) {
      mergeInto(merged.table, state.table);
      state.matches.forEach(
          (key, images) ->
              merged.matches.computeIfAbsent(key, k -> new TreeMap<>()).putAll(images));
    }
    return merged;
  }

  private static void mergeInto(
      Map<SummaryKey, StatisticsFn.Moments> merged, Map<SummaryKey, StatisticsFn.Moments> table) {
    table.forEach(
        (key, moments) ->
            merged.put(
                key,
                EACH.mergeAccumulators(
                    List.of(merged.computeIfAbsent(key, k -> EACH.createAccumulator()), moments))));
  }

  /** {@return the statistics, in any order} */
  public List<KV<SummaryKey, Statistics>> statistics() {
    List<KV<SummaryKey, Statistics>> all = new ArrayList<>();
    // Of copies: extracting changes moments, and other steps may read this state meanwhile.
    table.forEach(
        (key, moments) ->
            all.add(KV.of(key, EACH.extractOutput(EACH.mergeAccumulators(List.of(moments))))));
    matches.forEach((key, images) -> all.add(KV.of(key, precision(images.values()))));
    return all;
  }

  private static Statistics precision(Collection<byte[]> images) {
    OptionalDouble mean = AveragePrecision.of(images.stream().map(ScoredMatches::decode).toList());
    return Statistics.builder()
        .setCount(mean.isPresent() ? images.size() : 0)
        .setDegenerate(mean.isPresent() ? 0 : images.size())
        .setMean(mean.isPresent() ? (Double) mean.getAsDouble() : null)
        .build();
  }

  /** {@return the state as bytes, which {@link #decode} reads} */
  public byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CODER.encode(this, bytes);
    return bytes.toByteArray();
  }

  /**
   * Reads a state.
   *
   * @param bytes what {@link #encode} returned
   * @return the state
   * @throws IOException if the bytes are not a state
   */
  public static SummaryState decode(byte[] bytes) throws IOException {
    return CODER.decode(new ByteArrayInputStream(bytes));
  }

  /**
   * A key as four texts. The coder of its schema will not do: its order is that in which a JVM
   * lists methods, and states are read in another JVM than they are written in.
   */
  private static final class KeyCoder extends AtomicCoder<SummaryKey> {
    private static final long serialVersionUID = 1L;
    private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

    @Override
    public void encode(SummaryKey key, OutputStream out) throws IOException {
      TEXT.encode(key.getModel(), out);
      TEXT.encode(key.getPrecision(), out);
      TEXT.encode(key.getReference(), out);
      TEXT.encode(key.getMeasure(), out);
    }

    @Override
    public SummaryKey decode(InputStream in) throws IOException {
      String model = TEXT.decode(in);
      String precision = TEXT.decode(in);
      String reference = TEXT.decode(in);
      return SummaryKey.of(model, precision, reference, TEXT.decode(in));
    }
  }

  private static final class StateCoder extends AtomicCoder<SummaryState> {
    private static final long serialVersionUID = 1L;
    private static final Coder<Map<SummaryKey, StatisticsFn.Moments>> TABLE =
        MapCoder.of(
            new KeyCoder(),
            EACH.getAccumulatorCoder(CoderRegistry.createDefault(), DoubleCoder.of()));
    private static final Coder<Map<SummaryKey, SortedMap<String, byte[]>>> MATCHES =
        MapCoder.of(new KeyCoder(), SortedMapCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of()));

    @Override
    public void encode(SummaryState state, OutputStream out) throws IOException {
      TABLE.encode(state.table, out);
      MATCHES.encode(state.matches, out);
    }

    @Override
    public SummaryState decode(InputStream in) throws IOException {
      return new SummaryState(new HashMap<>(TABLE.decode(in)), new HashMap<>(MATCHES.decode(in)));
    }
  }
}
