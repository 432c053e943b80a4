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

/** FastGaze's map: what it predicts, as far as it is positive; what is below is not looked at. */
final class FastGazeSaliency extends WholeImageSaliency {
  /** The program is the same for any size. */
  private static final Size SIZE = Size.of(320);

  private final ProgramCache.Lease<SaliencyProgram> lease;

  /** Compiles the network of a {@code .vxm} file, unless it is there already. */
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
    float[] values = grid.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    // The last cells hang over the edge of an image whose size is no multiple of theirs.
    double x = (double) fitted.width() / (grid.width() * FastGaze.CELL);
    double y = (double) fitted.height() / (grid.height() * FastGaze.CELL);
    return new MapPart(grid, Region.WHOLE.within(x, y));
  }

  @Override
  public void close() {
    lease.close();
  }
}
