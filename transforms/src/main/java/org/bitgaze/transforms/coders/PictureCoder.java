package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;

/**
 * Encodes a {@link Picture}: each preprocessing as text, with its crop; the whole, if it is kept.
 */
final class PictureCoder extends AtomicCoder<Picture> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final Coder<RgbImage> IMAGE = BitgazeCoders.RGB_IMAGE;
  private static final NullableCoder<WholeImage> WHOLE =
      NullableCoder.of(BitgazeCoders.WHOLE_IMAGE);

  @Override
  public void encode(Picture value, OutputStream out) throws IOException {
    INT.encode(value.crops().size(), out);
    for (Map.Entry<Preprocessing, RgbImage> crop : value.crops().entrySet()) {
      STRING.encode(crop.getKey().toString(), out);
      IMAGE.encode(crop.getValue(), out);
    }
    WHOLE.encode(value.whole().orElse(null), out);
  }

  @Override
  public Picture decode(InputStream in) throws IOException {
    Map<Preprocessing, RgbImage> crops = new LinkedHashMap<>();
    for (int n = INT.decode(in); n > 0; n--) {
      crops.put(Preprocessing.parse(STRING.decode(in)), IMAGE.decode(in));
    }
    return new Picture(crops, Optional.ofNullable(WHOLE.decode(in)));
  }
}
