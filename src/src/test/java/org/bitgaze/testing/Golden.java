package org.bitgaze.testing;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.Ranges;

/** Reference outputs that an independent implementation computed. */
public final class Golden {
  private Golden() {}

  /** Photographs of a file, of 224 x 224 pixels. */
  public static List<RgbImage> images(String file, String name) throws IOException {
    ByteBuffer bytes = RawTensors.of(Shared.file("golden/" + file)).bytes(name);
    List<RgbImage> images = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] pixels = new byte[224 * 224 * 3];
      bytes.get(pixels);
      images.add(new RgbImage(224, 224, pixels));
    }
    return images;
  }

  /** A file of the goldens in this repository. */
  public static byte[] resource(String name) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream("/org/bitgaze/golden/" + name)) {
      return in.readAllBytes();
    }
  }

  /** A file of the goldens on synthetic scenes. */
  public static byte[] scenes(String name) throws IOException {
    return resource("scenes/" + name);
  }

  /** What the networks saw of four scenes, or the masks. */
  public static List<RgbImage> scenePictures(String kind) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      images.add(ImageDecoder.decode(scenes(kind + i + ".png")));
    }
    return images;
  }

  /** A JSON object of points and pairs of numbers. */
  public static Ranges ranges(JsonNode json) {
    Map<String, Range> ranges = new HashMap<>();
    json.fields()
        .forEachRemaining(
            f ->
                ranges.put(
                    f.getKey(),
                    new Range(f.getValue().get(0).asDouble(), f.getValue().get(1).asDouble())));
    return new Ranges(ranges);
  }

  /** Parses a golden's JSON, in which numbers may be infinite. */
  public static JsonNode json(byte[] bytes) throws IOException {
    return JsonMapper.builder()
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .build()
        .readTree(bytes);
  }

  /** What a golden's name of a mode means, such as {@code int8-averaged}. */
  public static Quantization quantization(String mode, JsonNode json) {
    Precision precision = Precision.of(mode.replace("-averaged", "").replace("-dynamic", ""));
    if (precision.isFloat()) {
      return Quantization.NONE;
    }
    if (mode.endsWith("-dynamic")) {
      return new Quantization.Dynamic(precision);
    }
    String kind = mode.endsWith("-averaged") ? "averaged" : "ranges";
    return new Quantization.Static(precision, ranges(json.get(kind)));
  }

  /** One of the equal parts of an array. */
  public static float[] part(float[] all, int index, int parts) {
    int size = all.length / parts;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  /** The largest difference, in units of a scale. */
  public static double error(float[] found, float[] expected, double scale) {
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
    }
    return worst / scale;
  }

  /** The largest magnitude. */
  public static double largest(float[] values) {
    double largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  /** Pearson's correlation. */
  public static double correlation(float[] a, float[] b) {
    double n = a.length;
    double sa = 0;
    double sb = 0;
    for (int i = 0; i < a.length; i++) {
      sa += a[i] / n;
      sb += b[i] / n;
    }
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - sa) * (b[i] - sb);
      aa += (a[i] - sa) * (a[i] - sa);
      bb += (b[i] - sb) * (b[i] - sb);
    }
    return ab / Math.sqrt(aa * bb);
  }
}
