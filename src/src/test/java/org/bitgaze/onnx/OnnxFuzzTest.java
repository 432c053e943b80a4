package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files end in an exception of this package or in a network, in nothing else. */
class OnnxFuzzTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ok_tiny", "ok_clip_open", "ok_auto_pad", "dequantize_scale_count"})
  void damagedFilesAreRefused(String name) throws IOException {
    byte[] good = Files.readAllBytes(Shared.file("onnx/hostile/" + name + ".onnx"));
    int refused = damage(good, 3000, new Random(name.hashCode()));
    assertTrue(refused > 300, refused + " refused");
  }

  @Test
  void damagedOperatorsAreRefused() throws IOException {
    Random random = new Random(5);
    int refused = 0;
    for (OnnxModels model : OnnxOperatorsTest.models().toList()) {
      Path file = model.node("Flatten", "y", "flat").write(folder.resolve("good.onnx"), "flat");
      refused += damage(Files.readAllBytes(file), 200, random);
    }
    assertTrue(refused > 1000, refused + " refused");
  }

  /** Reads damaged copies, and counts how many were refused. */
  private int damage(byte[] good, int copies, Random random) throws IOException {
    Path file = folder.resolve("damaged.onnx");
    int refused = 0;
    for (int i = 0; i < copies; i++) {
      byte[] bad = good.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, bad);
      try {
        OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS);
      } catch (OnnxException e) {
        refused++;
      }
    }
    return refused;
  }
}
