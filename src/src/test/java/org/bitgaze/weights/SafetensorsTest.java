package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir private Path folder;

  private Path file(String header, int... bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
    out.write(json);
    for (int b : bytes) {
      out.write(b);
    }
    return Files.write(folder.resolve("f.safetensors"), out.toByteArray());
  }

  @Test
  void readsFloats() throws IOException {
    Path file =
        file(
            "{\"__metadata__\":{\"a\":\"b\"},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[4,12]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[12,14]}}",
            0,
            0,
            0x20,
            0x41, // 10
            0x00,
            0x3c,
            0x01,
            0x00,
            0x00,
            0xfc,
            0xff,
            0x7b, // 1, 2^-24, -infinity, 65504
            0xc0,
            0xbf); // -1.5
    try (Safetensors s = new Safetensors(file)) {
      assertEquals("b", s.metadata().get("a"));
      assertArrayEquals(new float[] {10}, s.read("f").data());
      assertArrayEquals(
          new float[] {1, 0x1p-24f, Float.NEGATIVE_INFINITY, 65504}, s.read("h").data());
      assertArrayEquals(new float[] {-1.5f}, s.read("b").data());
      assertThrows(WeightsException.class, () -> s.read("x"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}x | is not JSON",
        "[] | is not a JSON object",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | data_offsets",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | has size -1",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}} | has 4 bytes",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]}} | has 0 bytes",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | data_offsets",
        "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}} | needs dtype"
      })
  void refusesDamagedHeaders(String header, String problem) throws IOException {
    Path file = file(header, 0, 0, 0, 0);
    WeightsException e = assertThrows(WeightsException.class, () -> new Safetensors(file));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
  }

  @Test
  void refusesAHeaderOfTenGigabytes() throws IOException {
    byte[] lie =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(10_000_000_000L).array();
    Path file = Files.write(folder.resolve("lie"), lie);
    WeightsException e = assertThrows(WeightsException.class, () -> new Safetensors(file));
    assertTrue(e.getMessage().contains("10000000000"), e.getMessage());
  }
}
