package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.bitgaze.transforms.values.SeenMap;

/** Encodes a {@link SeenMap}. */
public final class SeenMapCoder extends AtomicCoder<SeenMap> {
  private static final long serialVersionUID = 1L;
  private static final FramingCoder CROP = FramingCoder.of();
  private static final HeatmapCoder MAP = HeatmapCoder.of();

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
    CROP.encode(value.framing(), out);
    MAP.encode(value.map(), out);
  }

  @Override
  public SeenMap decode(InputStream in) throws IOException {
    return new SeenMap(CROP.decode(in), MAP.decode(in));
  }
}
