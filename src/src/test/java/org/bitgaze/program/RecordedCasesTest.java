package org.bitgaze.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One case per network that needs no file from outside: formula weights on a formula image. The
 * expected values were recorded from this implementation when it agreed with PyTorch ({@link
 * GoldenCamTest}); {@code -Dbitgaze.record=FILE} records them anew. float: relative 1e-4. int8: a
 * rounding step here and there, of which the map's largest value may shift by a tenth.
 */
class RecordedCasesTest {
  private static final int LOGITS = 6;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void agrees(Architecture network) throws IOException {
    Explanation f32 = run(network, Quantization.NONE);
    Explanation int8 = run(network, new Quantization(Precision.of("int8"), null));
    String record = System.getProperty("bitgaze.record");
    if (record != null) {
      record(new File(record), network.id(), f32, int8);
    }
    JsonNode expected;
    try (InputStream in = RecordedCasesTest.class.getResourceAsStream("recorded.json")) {
      expected = new ObjectMapper().readTree(in).get(network.id());
    }
    compare(expected.get("f32"), f32, 1e-4);
    compare(expected.get("int8"), int8, 0.1);
    assertEquals(expected.get("f32").get("class").asInt(), f32.explained());
  }

  private Explanation run(Architecture network, Quantization quantization) throws IOException {
    Graph graph = network.graph(1000);
    Path file = folder.resolve("program.pt");
    ProgramCompiler.compileCam(
        new Network(graph, new FormulaWeights(graph)),
        quantization,
        network.targetLayer(),
        CamMethod.GRADCAM_PLUS_PLUS,
        file);
    try (CamProgram program = new CamProgram(file)) {
      return program.run(List.of(image()), new int[] {CamProgram.OWN_CLASS}).get(0);
    }
  }

  /** Waves of three wavelengths, one per channel. */
  private static RgbImage image() {
    byte[] pixels = new byte[224 * 224 * 3];
    for (int i = 0; i < pixels.length; i++) {
      int c = i % 3;
      int x = i / 3 % 224;
      int y = i / 3 / 224;
      double wave = StrictMath.sin(x / (9.0 + 8 * c)) * StrictMath.cos(y / (23.0 - 6 * c));
      pixels[i] = (byte) (128 + 120 * wave);
    }
    return new RgbImage(224, 224, pixels);
  }

  private static void compare(JsonNode expected, Explanation found, double tolerance) {
    float[] cam = found.cam().values();
    assertEquals(expected.get("cam").size(), cam.length);
    double largest = 0;
    for (JsonNode value : expected.get("cam")) {
      largest = Math.max(largest, value.asDouble());
    }
    assertTrue(largest > 0);
    for (int i = 0; i < cam.length; i++) {
      assertEquals(expected.get("cam").get(i).asDouble(), cam[i], tolerance * largest);
    }
    double scale = expected.get("largestLogit").asDouble();
    for (int i = 0; i < LOGITS; i++) {
      assertEquals(expected.get("logits").get(i).asDouble(), found.logits()[i], tolerance * scale);
    }
  }

  private static void record(File file, String network, Explanation f32, Explanation int8)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode all = file.exists() ? (ObjectNode) json.readTree(file) : json.createObjectNode();
    ObjectNode one = all.putObject(network);
    write(one.putObject("f32"), f32);
    write(one.putObject("int8"), int8);
    json.writeValue(file, all);
  }

  private static void write(ObjectNode node, Explanation e) {
    node.put("class", e.explained());
    float largest = 0;
    ArrayNode logits = node.putArray("logits");
    for (int i = 0; i < e.logits().length; i++) {
      largest = Math.max(largest, Math.abs(e.logits()[i]));
      if (i < LOGITS) {
        logits.add(e.logits()[i]);
      }
    }
    node.put("largestLogit", largest);
    ArrayNode cam = node.putArray("cam");
    for (float v : e.cam().values()) {
      cam.add(v);
    }
  }
}
