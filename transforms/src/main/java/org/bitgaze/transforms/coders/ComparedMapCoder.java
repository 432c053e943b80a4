package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalDouble;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedMap;

/** Encodes a {@link ComparedMap}, field by field. */
public final class ComparedMapCoder extends AtomicCoder<ComparedMap> {
  private static final long serialVersionUID = 1L;
  private static final CamMapCoder CAM = CamMapCoder.of();
  private static final BooleanCoder BOOLEAN = BooleanCoder.of();
  private static final NullableCoder<Double> CC = NullableCoder.of(DoubleCoder.of());

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static ComparedMapCoder of() {
    return new ComparedMapCoder();
  }

  @Override
  public void encode(ComparedMap value, OutputStream out) throws IOException {
    CAM.encode(value.map(), out);
    BOOLEAN.encode(value.flipped(), out);
    OptionalDouble cc = value.cc();
    CC.encode(cc.isPresent() ? (Double) cc.getAsDouble() : null, out);
  }

  @Override
  public ComparedMap decode(InputStream in) throws IOException {
    CamMap map = CAM.decode(in);
    boolean flipped = BOOLEAN.decode(in);
    Double cc = CC.decode(in);
    return new ComparedMap(
        map, flipped, cc == null ? OptionalDouble.empty() : OptionalDouble.of(cc));
  }
}
