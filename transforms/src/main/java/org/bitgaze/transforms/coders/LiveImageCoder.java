package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.bitgaze.image.Picture;
import org.bitgaze.transforms.values.LiveImage;

/** Encodes a {@link LiveImage}, field by field. */
public final class LiveImageCoder extends AtomicCoder<LiveImage> {
  private static final long serialVersionUID = 1L;
  private static final NullableCoder<Picture> PICTURE = NullableCoder.of(PictureCoder.of());
  private static final ImageMapsCoder MAPS = ImageMapsCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static LiveImageCoder of() {
    return new LiveImageCoder();
  }

  @Override
  public void encode(LiveImage value, OutputStream out) throws IOException {
    PICTURE.encode(value.picture().orElse(null), out);
    MAPS.encode(value.maps(), out);
  }

  @Override
  public LiveImage decode(InputStream in) throws IOException {
    return new LiveImage(Optional.ofNullable(PICTURE.decode(in)), MAPS.decode(in));
  }
}
