package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bitgaze.testing.VxmWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VxmFileTest {
  @TempDir private Path folder;

  private static VxmWriter small() {
    return new VxmWriter()
        .put("layerCount", 1)
        .put("0Type", -3)
        .array("0w", new int[] {2, 1}, 0.5f, -2)
        .array("0b", new int[] {2}, 3, 4);
  }

  private String refusal(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("x.vxm"), file);
    String message =
        assertThrows(WeightsException.class, () -> WeightsFile.open(path).close()).getMessage();
    assertTrue(message.startsWith(path + ": "), message);
    return message;
  }

  @Test
  void arraysAreTensorsAndIntegersAreMetadata() throws IOException {
    try (TensorSource file = WeightsFile.open(small().write(folder.resolve("a.vxm")))) {
      assertEquals(Set.of("0w", "0b"), file.names());
      assertArrayEquals(new int[] {2, 1}, file.shape("0w"));
      assertArrayEquals(new float[] {0.5f, -2}, file.read("0w").data());
      assertArrayEquals(new float[] {3, 4}, file.read("0b").data());
      assertEquals("1", file.metadata().get("layerCount"));
      assertEquals("-3", file.metadata().get("0Type"));
      assertEquals(2, file.metadata().size());
      assertThrows(WeightsException.class, () -> file.read("0Type"));
    }
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    byte[] whole = small().bytes();
    assertTrue(refusal(new byte[0]).contains("is not a vxm file"));
    assertTrue(refusal("PK\3\4....".getBytes()).contains("is not a vxm file"));
    assertTrue(refusal(Arrays.copyOf(whole, whole.length - 1)).contains("'layerCount'"));
    assertTrue(refusal(Arrays.copyOf(whole, whole.length + 2)).contains("2 bytes follow the last"));
    byte[] many = whole.clone();
    many[7] = 1;
    assertTrue(refusal(many).contains("16777228 entries"), refusal(many));
    byte[] longKey = whole.clone();
    longKey[11] = (byte) 0xff;
    assertTrue(refusal(longKey).contains("has a key of 42781"), refusal(longKey));
    byte[] open = whole.clone();
    open[12 + 5] = 'x';
    assertTrue(refusal(open).contains("not text with a final zero byte"));
    assertTrue(
        refusal(small().put("0w.shape", 2, 2).bytes())
            .contains("'0w' of shape [2, 2] has 8 bytes"));
    assertTrue(
        refusal(small().put("0w.shape", 1 << 16, 1 << 16).bytes()).contains("'0w' of shape"));
    assertTrue(refusal(small().put("0w.shape", -2, -1).bytes()).contains("'0w' of shape"));
    assertTrue(refusal(small().put("0w.shape", 2).bytes()).contains("no shape of 2 dimensions"));
    assertTrue(refusal(small().put("0w.ndims", 9).bytes()).contains("from 1 to 8"));
    assertTrue(refusal(small().put("0w.dtype", 7).bytes()).contains("not an array of float32"));
  }

  @Test
  void whatIsNotFiniteIsRefused() throws IOException {
    Path path = small().array("0b", new int[] {2}, 3, Float.NaN).write(folder.resolve("nan.vxm"));
    try (TensorSource file = WeightsFile.open(path)) {
      String message = assertThrows(WeightsException.class, () -> file.read("0b")).getMessage();
      assertTrue(message.contains("'0b' has NaN at element 1"), message);
    }
  }
}
