package org.bitgaze.saliency;

import java.io.IOException;
import java.nio.file.Path;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.WholeImage;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.torch.SaliencyProgram;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * The map of anybody's network that predicts where people look. The whole image is squashed to the
 * size that the network takes. Maps are compared after scaling, so that one with negative values
 * (log densities) may be raised to zero.
 */
final class OnnxSaliency extends WholeImageSaliency {
  private final Size size;
  private final ProgramCache.Lease<SaliencyProgram> lease;

  /** Compiles the network of an ONNX file, unless it is there already. */
  OnnxSaliency(String path) throws IOException {
    size = OnnxNetwork.readMap(Path.of(path)).size();
    lease =
        ProgramCache.lease(
            SaliencyProgram.class,
            path,
            () -> {
              OnnxNetwork network = OnnxNetwork.readMap(Path.of(path));
              InputText input = InputText.of(network.preprocessing().normalization());
              return SaliencyProgram.of(network.network(), network.size(), input);
            });
  }

  @Override
  MapPart map(WholeImage image) {
    Heatmap map = lease.program().run(image.squashed(size.height(), size.width()));
    float[] values = map.values();
    float least = 0;
    for (float value : values) {
      least = Math.min(least, value);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] -= least;
    }
    return new MapPart(map, Region.WHOLE);
  }

  @Override
  public void close() {
    lease.close();
  }
}
