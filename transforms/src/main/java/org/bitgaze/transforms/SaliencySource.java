package org.bitgaze.transforms;

import java.io.Serializable;
import java.nio.file.Path;
import org.bitgaze.saliency.PrecomputedMaps;
import org.bitgaze.saliency.Saliency;
import org.bitgaze.saliency.SceneMasks;
import org.bitgaze.saliency.SpectralResidual;

/** Makes a saliency model on a worker. */
@FunctionalInterface
public interface SaliencySource extends Serializable {

  /**
   * Makes the model.
   *
   * @return a new model
   */
  Saliency create();

  /**
   * Takes OpenCV's spectral residual.
   *
   * @return the source
   */
  static SaliencySource spectralResidual() {
    return SpectralResidual::new;
  }

  /**
   * Takes maps from a folder that every worker can read.
   *
   * @param folder the maps' root, see {@link PrecomputedMaps}
   * @return the source
   */
  static SaliencySource maps(String folder) {
    return () -> new PrecomputedMaps(Path.of(folder));
  }

  /**
   * Takes the exact masks of synthetic scenes.
   *
   * @return the source
   */
  static SaliencySource sceneMasks() {
    return SceneMasks::new;
  }
}
