package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * Encodes an enum constant by its name.
 *
 * @param <E> the enum
 */
final class EnumCoder<E extends Enum<E>> extends StructuredCoder<E> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder NAME = StringUtf8Coder.of();
  private final Class<E> type;

  EnumCoder(Class<E> type) {
    this.type = type;
  }

  @Override
  public void encode(E value, OutputStream out) throws IOException {
    NAME.encode(value.name(), out);
  }

  @Override
  public E decode(InputStream in) throws IOException {
    return Enum.valueOf(type, NAME.decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of();
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean equals(Object other) {
    return other instanceof EnumCoder<?> that && type.equals(that.type);
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }
}
