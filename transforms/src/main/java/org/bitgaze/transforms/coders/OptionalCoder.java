package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * Encodes a value that may be absent.
 *
 * @param <T> type of the value
 */
final class OptionalCoder<T> extends StructuredCoder<Optional<T>> {
  private static final long serialVersionUID = 1L;
  private final NullableCoder<T> value;

  OptionalCoder(Coder<T> value) {
    this.value = NullableCoder.of(value);
  }

  @Override
  public void encode(Optional<T> optional, OutputStream out) throws IOException {
    value.encode(optional.orElse(null), out);
  }

  @Override
  public Optional<T> decode(InputStream in) throws IOException {
    return Optional.ofNullable(value.decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return value.getCoderArguments();
  }

  @Override
  public void verifyDeterministic() {}
}
