package org.bitgaze.transforms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/**
 * A summary that can be merged with summaries of other images. Merged states give the same
 * statistics, to the last bit, as one summary of all images. Its size does not depend on the number
 * of images.
 */
public final class SummaryState {
  private static final StatisticsFn EACH = new StatisticsFn();

  /** Encodes states. */
  public static final Coder<SummaryState> CODER = new StateCoder();

  private final Map<SummaryKey, StatisticsFn.Moments> table;

  SummaryState(Map<SummaryKey, StatisticsFn.Moments> table) {
    this.table = table;
  }

  /**
   * Merges states.
   *
   * @param states of different images, in any order
   * @return the state of all of them
   */
  public static SummaryState merge(Iterable<SummaryState> states) {
    Map<SummaryKey, StatisticsFn.Moments> merged = new HashMap<>();
    states.forEach(state -> mergeInto(merged, state.table));
    return new SummaryState(merged);
  }

  static void mergeInto(
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
    return all;
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

  /** {@return the coder of the table that a state holds} */
  static Coder<Map<SummaryKey, StatisticsFn.Moments>> tableCoder() {
    return MapCoder.of(
        new KeyCoder(), EACH.getAccumulatorCoder(CoderRegistry.createDefault(), DoubleCoder.of()));
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
    private static final Coder<Map<SummaryKey, StatisticsFn.Moments>> TABLE = tableCoder();

    @Override
    public void encode(SummaryState state, OutputStream out) throws IOException {
      TABLE.encode(state.table, out);
    }

    @Override
    public SummaryState decode(InputStream in) throws IOException {
      return new SummaryState(TABLE.decode(in));
    }
  }
}
