package org.bitgaze.pipelines.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.quant.sweep.SensitivityRun;

/**
 * A layer that is quiet but harmful: quantized alone, it adds less noise to the logits than half of
 * the layers, but moves the map further than three quarters of them, with its drift's whole 95 %
 * interval. Tools that rank layers by noise miss it.
 *
 * @param line the layer's own line
 * @param worst the images whose maps it moves furthest
 */
public record QuietLayer(Sensitivity line, List<DriftExample> worst) {

  /** Copies the list. */
  public QuietLayer {
    worst = List.copyOf(worst);
  }

  /**
   * Finds such layers.
   *
   * @param precision the precision of the trials
   * @param lines one model's lines
   * @return the most harmful first, without images yet
   */
  public static List<QuietLayer> of(String precision, List<Sensitivity> lines) {
    List<Sensitivity> single = new ArrayList<>();
    for (Sensitivity line : lines) {
      if (line.isSingle()
          && line.precision().equals(precision)
          && line.mean(StandardMeasure.SQNR).isPresent()
          && line.drift().isPresent()) {
        single.add(line);
      }
    }
    if (single.isEmpty()) {
      return List.of();
    }
    double quiet = percentile(single.stream().mapToDouble(QuietLayer::ratio).toArray(), 50);
    double harmful = percentile(single.stream().mapToDouble(QuietLayer::drift).toArray(), 75);
    return single.stream()
        .filter(line -> ratio(line) > quiet && isBeyond(line, harmful))
        .sorted(Comparator.comparingDouble(QuietLayer::drift).reversed())
        .map(line -> new QuietLayer(line, List.of()))
        .toList();
  }

  /** Whether the drift's whole interval is above a limit. */
  private static boolean isBeyond(Sensitivity line, double harmful) {
    Double low = line.effect().drift().low();
    return low != null && low > harmful;
  }

  private static double percentile(double[] values, double p) {
    Arrays.sort(values);
    return StatUtils.percentile(values, p);
  }

  private static double ratio(Sensitivity line) {
    return line.mean(StandardMeasure.SQNR).orElseThrow();
  }

  private static double drift(Sensitivity line) {
    return line.drift().orElseThrow();
  }

  /**
   * Tells whether a trial is about this layer.
   *
   * @param trial the trial
   * @return whether the trial quantized this layer alone, to this precision
   */
  public boolean isOf(SensitivityRun trial) {
    return trial.part() == QuantizedPart.ONLY
        && trial.precision().toString().equals(line.precision())
        && trial.layer().filter(l -> l.name().equals(line.layer())).isPresent();
  }

  /**
   * Adds images.
   *
   * @param images the images whose maps it moves furthest
   */
  public QuietLayer with(List<DriftExample> images) {
    return new QuietLayer(line, images);
  }
}
