package org.bitgaze.saliency;

import java.io.IOException;
import java.nio.file.Path;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.WholeImage;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.torch.SaliencyProgram;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * The map of a user's own saliency network. The whole image is squashed to the network's input
 * size. If the map has negative values (for example log densities), its minimum is subtracted;
 * measures scale maps to [0, 1] anyway.
 */
final class OnnxSaliency extends WholeImageSaliency {
  private final Size size;
  private final ProgramCache.Lease<SaliencyProgram> lease;

  /** Compiles the network of an ONNX file unless this JVM has compiled it already. */
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
    return MapPart.whole(raised(map));
  }

  static Heatmap raised(Heatmap map) {
    float min = 0;
    for (float value : map.values()) {
      min = Math.min(min, value);
    }
    float[] values = map.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] -= min;
    }
    return new Heatmap(map.height(), map.width(), values);
  }

  @Override
  public void close() {
    lease.close();
  }
}
