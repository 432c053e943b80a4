package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.transforms.values.Exhibit;

/** Encodes an {@link Exhibit}. */
public final class ExhibitCoder extends AtomicCoder<Exhibit> {
  private static final long serialVersionUID = 1L;
  private static final ListCoder<String> REASONS = ListCoder.of(StringUtf8Coder.of());
  private static final ComparedImageCoder IMAGE = ComparedImageCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static ExhibitCoder of() {
    return new ExhibitCoder();
  }

  @Override
  public void encode(Exhibit value, OutputStream out) throws IOException {
    REASONS.encode(value.reasons(), out);
    IMAGE.encode(value.image(), out);
  }

  @Override
  public Exhibit decode(InputStream in) throws IOException {
    return new Exhibit(REASONS.decode(in), IMAGE.decode(in));
  }
}
