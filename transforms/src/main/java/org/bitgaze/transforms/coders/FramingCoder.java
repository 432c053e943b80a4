package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Letterbox;
import org.bitgaze.image.Squash;

/** Encodes a {@link Framing}. */
final class FramingCoder extends AtomicCoder<Framing> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();

  @Override
  public void encode(Framing value, OutputStream out) throws IOException {
    // Without a resized size the whole image is squashed, or put on grey.
    boolean crops = value instanceof CenterCrop;
    INT.encode(crops ? ((CenterCrop) value).resizedHeight() : 0, out);
    INT.encode(crops ? ((CenterCrop) value).resizedWidth() : value.pads() ? 1 : 0, out);
    INT.encode(value.height(), out);
    INT.encode(value.width(), out);
  }

  @Override
  public Framing decode(InputStream in) throws IOException {
    int resizedHeight = INT.decode(in);
    int resizedWidth = INT.decode(in);
    int height = INT.decode(in);
    int width = INT.decode(in);
    if (resizedHeight > 0) {
      return new CenterCrop(resizedHeight, resizedWidth, height, width);
    }
    return resizedWidth == 0 ? new Squash(height, width) : new Letterbox(height, width);
  }
}
