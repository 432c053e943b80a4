package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/** Encodes {@link Exhibit}s, field by field. */
public final class ExhibitCoder extends AtomicCoder<Exhibit> {
  private static final long serialVersionUID = 1L;
  private static final ListCoder<String> REASONS = ListCoder.of(StringUtf8Coder.of());
  private static final ImageMapsCoder MAPS = ImageMapsCoder.of();

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
    MAPS.encode(value.maps(), out);
  }

  @Override
  public Exhibit decode(InputStream in) throws IOException {
    List<String> reasons = REASONS.decode(in);
    return new Exhibit(reasons, MAPS.decode(in));
  }
}
