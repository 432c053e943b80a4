package org.bitgaze.saliency;

import java.io.IOException;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bitgaze.torch.ProgramCache;
import org.bitgaze.torch.SaliencyProgram;
import org.bitgaze.zoo.FastGaze;

/** FastGaze's prediction. Negative values become 0. */
final class FastGazeSaliency extends WholeImageSaliency {
  private final ProgramCache.Lease<SaliencyProgram> lease;

  /** Compiles the network of a {@code .vxm} file unless this JVM has compiled it already. */
  FastGazeSaliency(String path) throws IOException {
    lease = ProgramCache.fastGaze(path);
  }

  @Override
  MapPart map(WholeImage image) {
    RgbImage fitted = image.fitted();
    Heatmap grid = lease.program().run(fitted);
    // If the image's size is not a multiple of the cell's, the last cells extend beyond the image.
    double x = (double) fitted.width() / (grid.width() * FastGaze.CELL);
    double y = (double) fitted.height() / (grid.height() * FastGaze.CELL);
    return new MapPart(positive(grid), Region.WHOLE.within(x, y));
  }

  static Heatmap positive(Heatmap grid) {
    float[] values = grid.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    return new Heatmap(grid.height(), grid.width(), values);
  }

  @Override
  public void close() {
    lease.close();
  }
}
