package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.bitgaze.transforms.values.SeenMask;

/** Encodes a {@link SeenMask}. */
public final class SeenMaskCoder extends AtomicCoder<SeenMask> {
  private static final long serialVersionUID = 1L;
  private static final FramingCoder CROP = FramingCoder.of();
  private static final MaskCoder MASK = MaskCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static SeenMaskCoder of() {
    return new SeenMaskCoder();
  }

  @Override
  public void encode(SeenMask value, OutputStream out) throws IOException {
    CROP.encode(value.framing(), out);
    MASK.encode(value.mask(), out);
  }

  @Override
  public SeenMask decode(InputStream in) throws IOException {
    return new SeenMask(CROP.decode(in), MASK.decode(in));
  }
}
