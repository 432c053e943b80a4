package org.bitgaze.transforms.coders;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.saliency.Centre;

/**
 * Encodes a {@link MapPart}. The centre's map, 200 KB and the same for all images, is known on both
 * sides and does not travel.
 */
final class MapPartCoder extends AtomicCoder<MapPart> {
  private static final long serialVersionUID = 1L;
  private static final BooleanCoder IS_CENTRE = BooleanCoder.of();
  private static final Coder<Heatmap> MAP = BitgazeCoders.HEATMAP;

  @Override
  public void encode(MapPart value, OutputStream out) throws IOException {
    boolean centre = value.map().equals(Centre.MAP);
    IS_CENTRE.encode(centre, out);
    if (!centre) {
      MAP.encode(value.map(), out);
    }
    Region region = value.region();
    ByteBuffer bytes = ByteBuffer.allocate(4 * Double.BYTES);
    bytes.putDouble(region.left()).putDouble(region.top());
    bytes.putDouble(region.width()).putDouble(region.height());
    out.write(bytes.array());
  }

  @Override
  public MapPart decode(InputStream in) throws IOException {
    Heatmap map = IS_CENTRE.decode(in) ? Centre.MAP : MAP.decode(in);
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(4 * Double.BYTES));
    if (bytes.remaining() < 4 * Double.BYTES) {
      throw new EOFException("a region is cut off");
    }
    return new MapPart(
        map,
        new Region(bytes.getDouble(), bytes.getDouble(), bytes.getDouble(), bytes.getDouble()));
  }
}
