package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.choice.Named;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;

/**
 * {@code calibration.json}: a {@link Calibration} as a file.
 *
 * @param ranges how the extremes of several images were combined
 * @param protocol the protocol's steps, see {@link org.bitgaze.protocol.Protocol#decidingRanges}
 * @param images keys of the images that were used, sorted
 * @param weights model id to the digest of its weights
 * @param preprocessing model id to how images are prepared, see {@link
 *     org.bitgaze.image.Preprocessing}
 * @param models model id to quantization point to minimum and maximum
 */
public record CalibrationFile(
    String ranges,
    String protocol,
    List<String> images,
    Map<String, String> weights,
    Map<String, String> preprocessing,
    Map<String, Map<String, double[]>> models) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static CalibrationFile of(
      Calibration calibration,
      String protocol,
      Map<String, String> weights,
      Map<String, String> preprocessing) {
    Map<String, Map<String, double[]>> models = new LinkedHashMap<>();
    calibration
        .models()
        .forEach(
            (model, ranges) -> {
              Map<String, double[]> points = new LinkedHashMap<>();
              ranges
                  .points()
                  .forEach((point, r) -> points.put(point, new double[] {r.min(), r.max()}));
              models.put(model, points);
            });
    return new CalibrationFile(
        calibration.mode().id(), protocol, calibration.images(), weights, preprocessing, models);
  }

  /** {@return the calibration} */
  public Calibration calibration() {
    Map<String, Ranges> all = new LinkedHashMap<>();
    models.forEach(
        (model, points) -> {
          Map<String, Range> ranges = new LinkedHashMap<>();
          points.forEach((point, r) -> ranges.put(point, new Range(r[0], r[1])));
          all.put(model, new Ranges(ranges));
        });
    return new Calibration(Named.find(RangeMode.values(), "ranges", ranges), images, all);
  }

  /**
   * Formats a calibration.
   *
   * @return JSON on several lines
   */
  public static String format(Calibration calibration) throws IOException {
    return JSON.writeValueAsString(of(calibration, "", Map.of(), Map.of()));
  }

  /**
   * Writes a calibration.
   *
   * @param protocol the protocol's steps
   * @param models the models, with the digests of their weights and their preprocessing
   */
  public static void write(
      Calibration calibration, String protocol, List<RunInfo.ModelInfo> models, Path file)
      throws IOException {
    Map<String, String> weights = new LinkedHashMap<>();
    Map<String, String> preprocessing = new LinkedHashMap<>();
    for (RunInfo.ModelInfo model : models) {
      weights.put(model.id(), model.sha256());
      preprocessing.put(model.id(), model.preprocessing());
    }
    JSON.writeValue(file.toFile(), of(calibration, protocol, weights, preprocessing));
  }

  /**
   * Reads a calibration.
   *
   * @throws IOException if the file cannot be read, or is not a calibration; the message names it
   */
  public static CalibrationFile read(Path file) throws IOException {
    try {
      CalibrationFile read = JSON.readValue(file.toFile(), CalibrationFile.class);
      if (read.ranges == null
          || read.protocol == null
          || read.images == null
          || read.weights == null
          || read.preprocessing == null
          || read.models == null) {
        throw new IOException(
            "it lacks ranges, protocol, images, weights, preprocessing or models");
      }
      read.calibration();
      return read;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage().lines().findFirst().orElse("");
      throw new IOException(file + " is not a calibration: " + reason, e);
    }
  }
}
