package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Histogram;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.quant.Ranges;

/** The extremes of several models' activations, and the images that they come from. */
final class ObservedExtremes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, TreeSet<String>> images = new TreeMap<>();
  private final TreeMap<String, Observations> models = new TreeMap<>();

  /** Adds a model's extremes of an image. */
  void add(String model, String key, Map<String, Range> extremes) {
    images.computeIfAbsent(model, m -> new TreeSet<>()).add(key);
    models.computeIfAbsent(model, m -> new Observations()).add(extremes);
  }

  /** Adds other images. */
  void add(ObservedExtremes other) {
    other.images.forEach(
        (model, keys) -> images.computeIfAbsent(model, m -> new TreeSet<>()).addAll(keys));
    other.models.forEach(
        (model, seen) -> models.computeIfAbsent(model, m -> new Observations()).add(seen));
  }

  /** {@return whether a model's extremes include those of an image} */
  boolean has(String model, String key) {
    return images.containsKey(model) && images.get(model).contains(key);
  }

  /** {@return the smallest and largest value at each quantization point of a model} */
  Map<String, Range> extremes(String model) {
    return models.get(model).ranges(RangeMode.MINMAX).points();
  }

  /** Computes one calibration per rule. */
  List<Calibration> calibrations(List<RangeRule> rules, CountedValues counts) {
    TreeSet<String> keys = new TreeSet<>();
    images.values().forEach(keys::addAll);
    List<Calibration> calibrations = new ArrayList<>();
    for (RangeRule rule : rules) {
      Map<String, Ranges> ranges = new HashMap<>();
      models.forEach(
          (model, seen) -> {
            Map<String, Histogram> histograms = counts.of(model);
            ranges.put(model, rule.ranges(seen, histograms));
          });
      calibrations.add(new Calibration(rule, List.copyOf(keys), ranges));
    }
    return calibrations;
  }
}
