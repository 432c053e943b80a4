package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.measure.Reference;
import org.bitgaze.transforms.values.SeenMap;

/** Encodes a {@link SeenMap}. */
public final class SeenMapCoder extends AtomicCoder<SeenMap> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder METHOD = StringUtf8Coder.of();
  private static final FramingCoder CROP = FramingCoder.of();
  private static final MapPartCoder PART = MapPartCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static SeenMapCoder of() {
    return new SeenMapCoder();
  }

  @Override
  public void encode(SeenMap value, OutputStream out) throws IOException {
    METHOD.encode(value.method().id(), out);
    CROP.encode(value.framing(), out);
    PART.encode(value.part(), out);
  }

  @Override
  public SeenMap decode(InputStream in) throws IOException {
    return new SeenMap(Reference.of(METHOD.decode(in)), CROP.decode(in), PART.decode(in));
  }
}
