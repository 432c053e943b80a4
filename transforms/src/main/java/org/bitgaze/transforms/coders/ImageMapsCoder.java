package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/** Encodes {@link ImageMaps}, list by list. */
public final class ImageMapsCoder extends AtomicCoder<ImageMaps> {
  private static final long serialVersionUID = 1L;
  private static final NullableCoder<Integer> LABEL = NullableCoder.of(VarIntCoder.of());
  private static final ListCoder<SeenMask> MASKS = ListCoder.of(SeenMaskCoder.of());
  private static final ListCoder<SeenMap> SALIENCY = ListCoder.of(SeenMapCoder.of());
  private static final ListCoder<CamMap> CAMS = ListCoder.of(CamMapCoder.of());
  private static final ListCoder<Reject> REJECTS = ListCoder.of(RejectCoder.of());

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static ImageMapsCoder of() {
    return new ImageMapsCoder();
  }

  @Override
  public void encode(ImageMaps value, OutputStream out) throws IOException {
    OptionalInt label = value.label();
    LABEL.encode(label.isPresent() ? (Integer) label.getAsInt() : null, out);
    MASKS.encode(value.masks(), out);
    SALIENCY.encode(value.saliency(), out);
    CAMS.encode(value.cams(), out);
    REJECTS.encode(value.rejects(), out);
  }

  @Override
  public ImageMaps decode(InputStream in) throws IOException {
    Integer label = LABEL.decode(in);
    return new ImageMaps(
        label == null ? OptionalInt.empty() : OptionalInt.of(label),
        MASKS.decode(in),
        SALIENCY.decode(in),
        CAMS.decode(in),
        REJECTS.decode(in));
  }
}
