package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.quant.Histogram;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.Nets;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramProgramTest {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};

  @TempDir private Path folder;

  /**
   * The network's input, which plain Java computes, too. A value on the edge of two bins may be in
   * either: the program divides by multiplying.
   */
  @Test
  void countsOfTheInput() throws IOException {
    Architecture zoo = Architecture.of("squeezenet1_1");
    Graph graph = zoo.graph(10);
    RgbImage image = Golden.images("crops.safetensors", "crops").get(0);
    Map<String, Range> extremes = new HashMap<>();
    Histogram found;
    long behindReLU;
    try (TensorSource weights = FormulaWeights.inFile(graph, folder)) {
      OpenModel model = Nets.open(graph, weights, zoo.targetLayer());
      try (ObserverProgram observer = ObserverProgram.of(model);
          HistogramProgram program = HistogramProgram.of(model)) {
        extremes.putAll(observer.run(List.of(image)).get(0));
        // Narrower than the values: those beyond belong to the outermost bins.
        extremes.put("input", new Range(-1, 1.5));
        Map<String, Histogram> all = program.run(image, "", extremes);
        found = all.get("input");
        Histogram first = all.get("features.0");
        behindReLU = first.counted() + first.zeros();
        assertTrue(first.zeros() > 0);
      }
    }
    assertEquals(64 * 111 * 111, behindReLU);
    long[] expected = new long[Histogram.BINS];
    int outside = 0;
    for (int i = 0; i < 224 * 224 * 3; i++) {
      float value = ((image.pixels()[i] & 0xff) / 255f - MEAN[i % 3]) / STD[i % 3];
      double bin = Math.floor((value + 1.0) * (2048 / 2.5));
      outside += bin < 0 || bin > 2047 ? 1 : 0;
      expected[(int) Math.max(0, Math.min(2047, bin))]++;
    }
    assertTrue(outside > 0);
    assertEquals(224 * 224 * 3, found.counted() + found.zeros());
    long moved = 0;
    for (int k = 0; k < Histogram.BINS; k++) {
      moved += Math.abs(expected[k] - found.count(k));
    }
    assertTrue(moved <= 300, moved + " values are in other bins");
  }

  /**
   * The 32 photographs of the goldens, whose histograms are of ONNX Runtime's activations. The
   * tolerances are those that were measured between it and PyTorch, with a margin.
   */
  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "mobilenet_v2"})
  @NeedsShared("weights/mobilenet_v2.safetensors")
  void countsOfPhotographs(String network) throws IOException {
    JsonNode json = golden(network);
    ByteBuffer counts =
        RawTensors.of(Shared.file("calibration/" + network + ".safetensors")).bytes("histogram");
    Model model = model(network);
    List<RgbImage> images = images(model, json.get("calibration"));
    Observations seen = new Observations();
    try (var lease = ObserverProgram.lease(model)) {
      images.forEach(image -> lease.program().run(List.of(image)).forEach(seen::add));
    }
    Map<String, Range> extremes = seen.ranges(RangeMode.MINMAX).points();
    Map<String, Histogram> all = new HashMap<>();
    try (var lease = HistogramProgram.lease(model)) {
      for (RgbImage image : images) {
        lease
            .program()
            .run(image, "", extremes)
            .forEach((point, h) -> all.computeIfAbsent(point, p -> empty(h)).add(h));
      }
    }
    assertEquals(json.get("span").size(), all.size());
    json.get("span")
        .fields()
        .forEachRemaining(
            span -> {
              String point = span.getKey();
              Histogram h = all.get(point);
              double low = span.getValue().get(0).asDouble();
              double high = span.getValue().get(1).asDouble();
              assertEquals(Math.min(low, 0), h.low(), 2e-6 * (high - low), point);
              assertEquals(Math.max(high, 0), h.high(), 2e-6 * (high - low), point);
              assertEquals(json.get("zeros").get(point).asLong(), h.zeros(), 20, point);
              long moved = 0;
              for (int k = 0; k < Histogram.BINS; k++) {
                moved += Math.abs(counts.getInt() - h.count(k));
              }
              assertTrue(moved <= 1e-3 * (h.counted() + h.zeros()), point + ": " + moved);
            });
  }

  /**
   * Maps with the goldens' ranges. At 4 bits a value that another kernel rounds to another step is
   * felt in all later layers.
   */
  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "mobilenet_v2"})
  @NeedsShared("weights/mobilenet_v2.safetensors")
  void mapsOfRanges(String network) throws IOException {
    JsonNode json = golden(network);
    RawTensors golden = RawTensors.of(Shared.file("calibration/" + network + ".safetensors"));
    int[] classes = classes(json.get("class").get("f32"));
    Model model = model(network);
    List<RgbImage> crops = Golden.images("crops.safetensors", "crops");
    for (String rule : List.of("percentile:99.9", "mse", "entropy")) {
      for (int bits : new int[] {8, 4}) {
        String name = rule + ".int" + bits;
        JsonNode ranges = json.get("ranges").get(rule.startsWith("percentile") ? rule : name);
        Map<String, Range> points = Golden.ranges(ranges).points();
        Quantization quantization =
            new Quantization.Static(
                Precision.of("int" + bits), new Ranges(Map.of(), Map.of(bits, points)));
        float[] cams = golden.floats(name + ".cam");
        try (OpenModel open = model.open();
            CamProgram program = Nets.program(open, quantization)) {
          List<Explanation> explanations = program.run(crops, classes);
          for (int i = 0; i < classes.length; i++) {
            float[] cam = Golden.part(cams, i, classes.length);
            double cc = Golden.correlation(explanations.get(i).cam().values(), cam);
            assertTrue(cc >= (bits == 8 ? 0.997 : 0.9), name + " image " + i + ": " + cc);
          }
        }
      }
    }
  }

  private static int[] classes(JsonNode json) {
    int[] classes = new int[json.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = json.get(i).asInt();
    }
    return classes;
  }

  private static Histogram empty(Histogram other) {
    return new Histogram(new Range(other.low(), other.high()));
  }

  private static JsonNode golden(String network) throws IOException {
    return Golden.json(Files.readAllBytes(Shared.file("calibration/" + network + ".json")));
  }

  private static Model model(String network) {
    return Model.zoo(network).withWeights(Shared.file("weights/" + network + ".safetensors"));
  }

  private static List<RgbImage> images(Model model, JsonNode names) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    for (JsonNode name : names) {
      byte[] file = Files.readAllBytes(Shared.file("photos").resolve(name.asText()));
      images.add(model.preprocessing().apply(ImageDecoder.decode(file)));
    }
    return images;
  }
}
