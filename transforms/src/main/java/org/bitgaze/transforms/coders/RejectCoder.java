package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.transforms.values.Reject;

/** Encodes a {@link Reject}, field by field. */
public final class RejectCoder extends AtomicCoder<Reject> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static RejectCoder of() {
    return new RejectCoder();
  }

  @Override
  public void encode(Reject value, OutputStream out) throws IOException {
    STRING.encode(value.getKey(), out);
    STRING.encode(value.getStage(), out);
    STRING.encode(value.getModel(), out);
    STRING.encode(value.getReason(), out);
  }

  @Override
  public Reject decode(InputStream in) throws IOException {
    return Reject.of(STRING.decode(in), STRING.decode(in), STRING.decode(in), STRING.decode(in));
  }
}
