package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.CenterCrop;

/** Encodes a {@link CenterCrop}. */
public final class CenterCropCoder extends AtomicCoder<CenterCrop> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static CenterCropCoder of() {
    return new CenterCropCoder();
  }

  @Override
  public void encode(CenterCrop value, OutputStream out) throws IOException {
    INT.encode(value.resize(), out);
    INT.encode(value.side(), out);
  }

  @Override
  public CenterCrop decode(InputStream in) throws IOException {
    return new CenterCrop(INT.decode(in), INT.decode(in));
  }
}
