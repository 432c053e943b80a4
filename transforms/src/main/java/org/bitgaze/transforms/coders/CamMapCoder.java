package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.transforms.values.CamMap;

/** Encodes a {@link CamMap}, field by field. */
public final class CamMapCoder extends AtomicCoder<CamMap> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final DoubleCoder DOUBLE = DoubleCoder.of();
  private static final BooleanCoder BOOLEAN = BooleanCoder.of();
  private static final FramingCoder CROP = FramingCoder.of();
  private static final HeatmapCoder MAP = HeatmapCoder.of();
  private static final OptionalDoubleCoder RATIO = OptionalDoubleCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static CamMapCoder of() {
    return new CamMapCoder();
  }

  @Override
  public void encode(CamMap value, OutputStream out) throws IOException {
    STRING.encode(value.model(), out);
    STRING.encode(value.precision(), out);
    CROP.encode(value.framing(), out);
    INT.encode(value.predictedClass(), out);
    DOUBLE.encode(value.probability(), out);
    INT.encode(value.explainedClass(), out);
    BOOLEAN.encode(value.clipped(), out);
    MAP.encode(value.cam(), out);
    RATIO.encode(value.fidelity().features(), out);
    RATIO.encode(value.fidelity().logits(), out);
  }

  @Override
  public CamMap decode(InputStream in) throws IOException {
    return new CamMap(
        STRING.decode(in),
        STRING.decode(in),
        CROP.decode(in),
        INT.decode(in),
        DOUBLE.decode(in),
        INT.decode(in),
        BOOLEAN.decode(in),
        MAP.decode(in),
        new Fidelity(RATIO.decode(in), RATIO.decode(in)));
  }
}
