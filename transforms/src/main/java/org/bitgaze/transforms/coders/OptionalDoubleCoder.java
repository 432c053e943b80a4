package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalDouble;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.NullableCoder;

/** Encodes a number that may be absent. */
final class OptionalDoubleCoder extends AtomicCoder<OptionalDouble> {
  private static final long serialVersionUID = 1L;
  private static final NullableCoder<Double> NUMBER = NullableCoder.of(DoubleCoder.of());

  @Override
  public void encode(OptionalDouble value, OutputStream out) throws IOException {
    NUMBER.encode(value.isPresent() ? (Double) value.getAsDouble() : null, out);
  }

  @Override
  public OptionalDouble decode(InputStream in) throws IOException {
    Double number = NUMBER.decode(in);
    return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
  }
}
