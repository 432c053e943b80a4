package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.bitgaze.image.Heatmap;

/** Encodes maps as height, width and raw floats: 204 bytes for a map of 7 x 7. */
public final class HeatmapCoder extends AtomicCoder<Heatmap> {
  private static final long serialVersionUID = 1L;
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

  /**
   * Returns the coder.
   *
   * @return a coder
   */
  public static HeatmapCoder of() {
    return new HeatmapCoder();
  }

  @Override
  public void encode(Heatmap map, OutputStream out) throws IOException {
    INT.encode(map.height(), out);
    INT.encode(map.width(), out);
    ByteBuffer bytes = ByteBuffer.allocate(map.values().length * Float.BYTES);
    bytes.asFloatBuffer().put(map.values());
    BYTES.encode(bytes.array(), out);
  }

  @Override
  public Heatmap decode(InputStream in) throws IOException {
    int height = INT.decode(in);
    int width = INT.decode(in);
    float[] values = new float[height * width];
    ByteBuffer.wrap(BYTES.decode(in)).asFloatBuffer().get(values);
    return new Heatmap(height, width, values);
  }
}
