package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.quant.Ranges;

/**
 * {@code calibration.json}: a {@link Calibration} as a file.
 *
 * @param ranges how ranges were determined, see {@link RangeRule#parse}
 * @param protocol the protocol's steps, see {@link org.bitgaze.protocol.Protocol#decidingRanges}
 * @param images keys of the images that were used, sorted
 * @param weights model id to the digest of its weights
 * @param preprocessing model id to how images are prepared, see {@link
 *     org.bitgaze.image.Preprocessing}
 * @param models model id to quantization point to minimum and maximum; without points if ranges
 *     depend on the number of bits
 * @param bits model id to number of bits of activations to quantization point to minimum and
 *     maximum; absent unless ranges depend on the number of bits
 */
public record CalibrationFile(
    String ranges,
    String protocol,
    List<String> images,
    Map<String, String> weights,
    Map<String, String> preprocessing,
    Map<String, Map<String, double[]>> models,
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Map<String, Map<Integer, Map<String, double[]>>> bits) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Makes an absent map an empty one. */
  public CalibrationFile {
    bits = bits == null ? Map.of() : bits;
  }

  private static CalibrationFile of(
      Calibration calibration,
      String protocol,
      Map<String, String> weights,
      Map<String, String> preprocessing) {
    Map<String, Map<String, double[]>> models = new LinkedHashMap<>();
    Map<String, Map<Integer, Map<String, double[]>>> bits = new LinkedHashMap<>();
    calibration
        .models()
        .forEach(
            (model, ranges) -> {
              models.put(model, ends(ranges.points()));
              Map<Integer, Map<String, double[]>> own = new LinkedHashMap<>();
              ranges.byBits().forEach((number, points) -> own.put(number, ends(points)));
              if (!own.isEmpty()) {
                bits.put(model, own);
              }
            });
    return new CalibrationFile(
        calibration.rule().id(),
        protocol,
        calibration.images(),
        weights,
        preprocessing,
        models,
        bits);
  }

  private static Map<String, double[]> ends(Map<String, Range> points) {
    Map<String, double[]> ends = new LinkedHashMap<>();
    points.forEach((point, r) -> ends.put(point, new double[] {r.min(), r.max()}));
    return ends;
  }

  private static Map<String, Range> ranges(Map<String, double[]> ends) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    ends.forEach((point, r) -> ranges.put(point, new Range(r[0], r[1])));
    return ranges;
  }

  /** {@return the calibration} */
  public Calibration calibration() {
    Map<String, Ranges> all = new LinkedHashMap<>();
    models.forEach(
        (model, points) -> {
          Map<Integer, Map<String, Range>> byBits = new LinkedHashMap<>();
          bits.getOrDefault(model, Map.of())
              .forEach((number, own) -> byBits.put(number, ranges(own)));
          all.put(model, new Ranges(ranges(points), byBits));
        });
    return new Calibration(RangeRule.parse(ranges), images, all);
  }

  /**
   * Formats a calibration.
   *
   * @return JSON on one line
   */
  public static String format(Calibration calibration) throws IOException {
    return JSON.writer()
        .without(SerializationFeature.INDENT_OUTPUT)
        .writeValueAsString(of(calibration, "", Map.of(), Map.of()));
  }

  /**
   * Parses a calibration.
   *
   * @param line what {@link #format} returned
   * @return the calibration
   */
  public static Calibration parse(String line) throws IOException {
    return JSON.readValue(line, CalibrationFile.class).calibration();
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
