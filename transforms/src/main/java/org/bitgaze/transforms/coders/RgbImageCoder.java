package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.RgbImage;

/** Encodes an {@link RgbImage}: its size, then its samples as they are. */
public final class RgbImageCoder extends AtomicCoder<RgbImage> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static RgbImageCoder of() {
    return new RgbImageCoder();
  }

  @Override
  public void encode(RgbImage value, OutputStream out) throws IOException {
    INT.encode(value.height(), out);
    INT.encode(value.width(), out);
    BYTES.encode(value.pixels(), out);
  }

  @Override
  public RgbImage decode(InputStream in) throws IOException {
    return new RgbImage(INT.decode(in), INT.decode(in), BYTES.decode(in));
  }
}
