package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.WholeImage;

/** Encodes a {@link WholeImage}, field by field. */
public final class WholeImageCoder extends AtomicCoder<WholeImage> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final RgbImageCoder IMAGE = RgbImageCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static WholeImageCoder of() {
    return new WholeImageCoder();
  }

  @Override
  public void encode(WholeImage value, OutputStream out) throws IOException {
    INT.encode(value.width(), out);
    INT.encode(value.height(), out);
    IMAGE.encode(value.fitted(), out);
  }

  @Override
  public WholeImage decode(InputStream in) throws IOException {
    return new WholeImage(INT.decode(in), INT.decode(in), IMAGE.decode(in));
  }
}
