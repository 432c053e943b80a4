package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/** Encodes an integer that may be absent. */
final class OptionalIntCoder extends AtomicCoder<OptionalInt> {
  private static final long serialVersionUID = 1L;
  private static final NullableCoder<Integer> NUMBER = NullableCoder.of(VarIntCoder.of());

  @Override
  public void encode(OptionalInt value, OutputStream out) throws IOException {
    NUMBER.encode(value.isPresent() ? (Integer) value.getAsInt() : null, out);
  }

  @Override
  public OptionalInt decode(InputStream in) throws IOException {
    Integer number = NUMBER.decode(in);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
