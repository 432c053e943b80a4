package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.bitgaze.pipelines.bench.Spread;
import org.bitgaze.torch.runtime.TorchEngine;
import org.junit.jupiter.api.Test;

/** The command, for what it says; not for how fast anything is. */
class BenchCommandTest {

  @Test
  void everyProgramIsTimedAndTheAuditIsPartlyNative() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream terminal = System.out;
    int code;
    try {
      System.setOut(new PrintStream(printed, true));
      code =
          Bitgaze.run(
              "bench",
              "--weights=scenes",
              "--networks=squeezenet1_0",
              "--precisions=f32,int7",
              "--arithmetic=simulated,integer",
              "--runs=1",
              "--images=2",
              "--json");
    } finally {
      System.setOut(terminal);
    }
    assertEquals(0, code);
    JsonNode json = new ObjectMapper().readTree(printed.toString());
    JsonNode rows = json.get("native");
    // f32 is no integer, and is not timed twice.
    assertEquals(3, rows.size());
    assertEquals("f32", rows.get(0).get("precision").asText());
    assertEquals("integer", rows.get(2).get("arithmetic").asText());
    assertEquals("torch", rows.get(0).get("engine").asText());
    assertEquals("gradcam++", rows.get(0).get("method").asText());
    rows.forEach(row -> assertTrue(row.get("image_ms").get("median").asDouble() > 0));
    assertEquals(3, json.get("stage_ms").size());
    json.get("stage_ms").forEach(stage -> assertTrue(stage.get("min").asDouble() > 0, "" + stage));
    assertTrue(json.get("native_sum_ms").get("int7 integer").asDouble() > 0);
    double share = json.get("audit").get("native_share").asDouble();
    assertTrue(share > 0 && share < 1, "" + share);
    assertTrue(json.get("audit").get("first_map_seconds").asDouble() > 0);
    assertTrue(json.get("audit").get("peak_megabytes").asDouble() > 100);
    assertTrue(json.get("host").get("cores").asInt() > 0);
    assertEquals(TorchEngine.convolutions(), json.get("host").get("convolutions").asText());
    assertTrue(json.get("versions").has("libtorch"));
  }

  @Test
  void aSpreadOfAnEvenNumberHasAMiddle() {
    assertEquals(new Spread(1, 2.5, 9), Spread.of(9, 2, 1, 3));
  }
}
