package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;

/** Encodes {@link ImageMaps}, field by field. */
public final class ImageMapsCoder extends AtomicCoder<ImageMaps> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final BooleanCoder BOOLEAN = BooleanCoder.of();
  private static final CamMapCoder CAM = CamMapCoder.of();
  private static final Coder<Double> MEASURE = NullableCoder.of(DoubleCoder.of());
  private static final Coder<Heatmap> MAP = NullableCoder.of(HeatmapCoder.of());
  private static final Coder<Mask> MASK = NullableCoder.of(MaskCoder.of());

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
    STRING.encode(value.key(), out);
    MAP.encode(value.saliency(), out);
    MASK.encode(value.mask(), out);
    INT.encode(value.cams().size(), out);
    for (ComparedMap cam : value.cams()) {
      CAM.encode(cam.map(), out);
      BOOLEAN.encode(cam.flipped(), out);
      MEASURE.encode(cam.cc(), out);
    }
  }

  @Override
  public ImageMaps decode(InputStream in) throws IOException {
    String key = STRING.decode(in);
    Heatmap saliency = MAP.decode(in);
    Mask mask = MASK.decode(in);
    List<ComparedMap> cams = new ArrayList<>();
    int count = INT.decode(in);
    for (int i = 0; i < count; i++) {
      cams.add(new ComparedMap(CAM.decode(in), BOOLEAN.decode(in), MEASURE.decode(in)));
    }
    return new ImageMaps(key, saliency, mask, cams);
  }
}
