package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.quant.Range;

/** Encodes the ranges of a network's quantization points, in the points' order by name. */
public final class RangesCoder extends AtomicCoder<Map<String, Range>> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final DoubleCoder DOUBLE = DoubleCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static RangesCoder of() {
    return new RangesCoder();
  }

  @Override
  public void encode(Map<String, Range> ranges, OutputStream out) throws IOException {
    INT.encode(ranges.size(), out);
    for (Map.Entry<String, Range> entry : new TreeMap<>(ranges).entrySet()) {
      STRING.encode(entry.getKey(), out);
      DOUBLE.encode(entry.getValue().min(), out);
      DOUBLE.encode(entry.getValue().max(), out);
    }
  }

  @Override
  public Map<String, Range> decode(InputStream in) throws IOException {
    Map<String, Range> ranges = new TreeMap<>();
    for (int n = INT.decode(in); n > 0; n--) {
      ranges.put(STRING.decode(in), new Range(DOUBLE.decode(in), DOUBLE.decode(in)));
    }
    return ranges;
  }
}
