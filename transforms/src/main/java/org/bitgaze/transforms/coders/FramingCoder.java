package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Squash;

/** Encodes a {@link Framing}. */
final class FramingCoder extends AtomicCoder<Framing> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();

  @Override
  public void encode(Framing value, OutputStream out) throws IOException {
    // Without a resized size there is none: the whole image is squashed.
    INT.encode(value instanceof CenterCrop crop ? crop.resize() : 0, out);
    INT.encode(value.side(), out);
  }

  @Override
  public Framing decode(InputStream in) throws IOException {
    int resize = INT.decode(in);
    int side = INT.decode(in);
    return resize == 0 ? new Squash(side) : new CenterCrop(resize, side);
  }
}
