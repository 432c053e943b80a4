package org.bitgaze.quant;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ranges of several models' activations, and how they were determined.
 *
 * @param rule how ranges were determined
 * @param images keys of the calibration images, sorted
 * @param models model id to its ranges
 */
public record Calibration(RangeRule rule, List<String> images, Map<String, Ranges> models)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Precedes the keys of images that are not among those of the job. */
  public static final String FOREIGN = "calibration-input:";

  /** Copies and sorts the collections. */
  public Calibration {
    images = images.stream().sorted().toList();
    models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
  }

  /**
   * Returns the quantization of a model.
   *
   * @param model the model's id
   * @param configuration the layers' precisions
   * @return quantization by this calibration's ranges; none if all layers are floating point
   * @throws IllegalArgumentException if the model was not calibrated
   */
  public Quantization quantization(String model, Configuration configuration) {
    if (configuration.isFloat()) {
      return Quantization.NONE;
    }
    Ranges ranges = models.get(model);
    if (ranges == null) {
      throw new IllegalArgumentException(
          "no ranges were calibrated for model '" + model + "'; there are " + models.keySet());
    }
    return new Quantization.Static(configuration, ranges);
  }
}
