package org.bitgaze.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Range;
import org.bitgaze.weights.Safetensors;

/** Reference outputs that an independent implementation computed. */
public final class Golden {
  private Golden() {}

  /** The photographs {@code crops} or {@code calibration}, resized and cropped to 224 x 224. */
  public static List<RgbImage> images(String name) throws IOException {
    try (Safetensors file = new Safetensors(Shared.file("golden/crops.safetensors"))) {
      ByteBuffer bytes = file.readBytes(name);
      List<RgbImage> images = new ArrayList<>();
      while (bytes.hasRemaining()) {
        byte[] pixels = new byte[224 * 224 * 3];
        bytes.get(pixels);
        images.add(new RgbImage(224, 224, pixels));
      }
      return images;
    }
  }

  /** The ranges of a network's quantization points: {@code ranges} or {@code averaged}. */
  public static Map<String, Range> ranges(String network, String kind) throws IOException {
    JsonNode json =
        new ObjectMapper().readTree(Shared.file("golden/" + network + ".json").toFile()).get(kind);
    Map<String, Range> ranges = new LinkedHashMap<>();
    json.fields()
        .forEachRemaining(
            f ->
                ranges.put(
                    f.getKey(),
                    new Range(f.getValue().get(0).asDouble(), f.getValue().get(1).asDouble())));
    return ranges;
  }
}
