package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/** Encodes {@link TargetedImage}s. */
public final class TargetedImageCoder extends AtomicCoder<TargetedImage> {
  private static final long serialVersionUID = 1L;
  private static final RgbImageCoder IMAGE = RgbImageCoder.of();
  private static final VarIntCoder INT = VarIntCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static TargetedImageCoder of() {
    return new TargetedImageCoder();
  }

  @Override
  public void encode(TargetedImage value, OutputStream out) throws IOException {
    IMAGE.encode(value.image(), out);
    INT.encode(value.target(), out);
  }

  @Override
  public TargetedImage decode(InputStream in) throws IOException {
    return new TargetedImage(IMAGE.decode(in), INT.decode(in));
  }
}
