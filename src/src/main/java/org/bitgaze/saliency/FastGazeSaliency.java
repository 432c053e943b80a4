package org.bitgaze.saliency;

import java.io.IOException;
import java.nio.file.Path;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.SaliencyProgram;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;

/** FastGaze's prediction. Negative values become 0. */
final class FastGazeSaliency extends WholeImageSaliency {
  /** The program is the same for any size. */
  private static final Size SIZE = Size.of(320);

  private final ProgramCache.Lease<SaliencyProgram> lease;

  /** Compiles the network of a {@code .vxm} file unless this JVM has compiled it already. */
  FastGazeSaliency(String path) throws IOException {
    lease = lease(path);
  }

  /** Holds the program of a {@code .vxm} file. */
  static ProgramCache.Lease<SaliencyProgram> lease(String path) throws IOException {
    return ProgramCache.lease(
        SaliencyProgram.class,
        path,
        () -> {
          try (TensorSource weights = WeightsFile.open(Path.of(path))) {
            return SaliencyProgram.of(
                FastGaze.network(weights), SIZE, InputText.of(CaffeMeans.VGG));
          }
        });
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
