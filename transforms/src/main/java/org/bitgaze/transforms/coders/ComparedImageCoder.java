package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/** Encodes a {@link ComparedImage}, list by list. */
public final class ComparedImageCoder extends AtomicCoder<ComparedImage> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final ListCoder<SeenMap> SALIENCY = ListCoder.of(SeenMapCoder.of());
  private static final ListCoder<SeenMask> MASKS = ListCoder.of(SeenMaskCoder.of());
  private static final ListCoder<ComparedMap> CAMS = ListCoder.of(ComparedMapCoder.of());

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static ComparedImageCoder of() {
    return new ComparedImageCoder();
  }

  @Override
  public void encode(ComparedImage value, OutputStream out) throws IOException {
    STRING.encode(value.key(), out);
    SALIENCY.encode(value.saliency(), out);
    MASKS.encode(value.masks(), out);
    CAMS.encode(value.cams(), out);
  }

  @Override
  public ComparedImage decode(InputStream in) throws IOException {
    return new ComparedImage(
        STRING.decode(in), SALIENCY.decode(in), MASKS.decode(in), CAMS.decode(in));
  }
}
