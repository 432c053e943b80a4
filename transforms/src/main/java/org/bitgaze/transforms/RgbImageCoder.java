package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.RgbImage;

/** Encodes images as height, width and raw pixels. */
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
  public void encode(RgbImage image, OutputStream out) throws IOException {
    INT.encode(image.height(), out);
    INT.encode(image.width(), out);
    BYTES.encode(image.pixels(), out);
  }

  @Override
  public RgbImage decode(InputStream in) throws IOException {
    int height = INT.decode(in);
    int width = INT.decode(in);
    return new RgbImage(height, width, BYTES.decode(in));
  }
}
