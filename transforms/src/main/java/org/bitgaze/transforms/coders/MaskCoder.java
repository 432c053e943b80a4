package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BitSetCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.Mask;

/** Encodes masks as height, width and bits. */
public final class MaskCoder extends AtomicCoder<Mask> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final BitSetCoder BITS = BitSetCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static MaskCoder of() {
    return new MaskCoder();
  }

  @Override
  public void encode(Mask mask, OutputStream out) throws IOException {
    INT.encode(mask.height(), out);
    INT.encode(mask.width(), out);
    BITS.encode(mask.bits(), out);
  }

  @Override
  public Mask decode(InputStream in) throws IOException {
    return new Mask(INT.decode(in), INT.decode(in), BITS.decode(in));
  }
}
