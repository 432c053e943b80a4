package org.bitgaze.saliency;

import java.io.IOException;
import java.nio.file.Path;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.WholeImage;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.op.Size;
import org.bitgaze.program.GazeProgram;
import org.bitgaze.program.Programs;

/**
 * The map of a user's own saliency network. The whole image is squashed to the network's input
 * size. If the map has negative values (for example log densities), its minimum is subtracted;
 * measures scale maps to [0, 1] anyway.
 */
final class OnnxSaliency extends WholeImageSaliency {
  private final Size size;
  private final Programs.Lease<GazeProgram> lease;

  /** Compiles the network of an ONNX file unless this JVM has compiled it already. */
  OnnxSaliency(String path) throws IOException {
    size = OnnxNetwork.readMap(Path.of(path)).size();
    lease = Programs.gaze(path);
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
