package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.file.OnnxFile;
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

  /** Most bytes of these files are weights, where damage goes unseen. */
  @ParameterizedTest
  @ValueSource(strings = {"swin_windows", "vit_multihead", "vit_qdq", "conv_transpose"})
  void damagedTransformersAreRefused(String name) throws Exception {
    Path file =
        Path.of(
            OnnxFuzzTest.class.getResource("reports/29-transformers/" + name + ".onnx").toURI());
    int refused = damage(Files.readAllBytes(file), 200, new Random(name.hashCode()));
    assertTrue(refused > 0 && refused < 200, refused + " refused");
  }

  /** A small network of 224 x 224 images up to {@code r}, 4 x 14 x 14. */
  private static OnnxModels small() {
    float[] w = new float[4 * 27];
    java.util.Arrays.fill(w, .1f);
    return OnnxModels.of(17, 224)
        .floats("w", new int[] {4, 3, 3, 3}, w)
        .node("Conv", "x,w", "c", "strides", new int[] {16, 16})
        .node("Relu", "c", "r");
  }

  private Path write(OnnxModels model, String last) throws IOException {
    return model
        .node("GlobalAveragePool", last, "pooled")
        .node("Flatten", "pooled", "flat")
        .write(folder.resolve("greedy.onnx"), "flat");
  }

  private static OnnxNetwork read(Path file) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          OnnxNetwork network =
              OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS);
          network.requireFinite();
          return network;
        });
  }

  private static void assertRefused(Path file, String why) {
    OnnxException e = assertThrows(OnnxException.class, () -> read(file));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  /** Within messages of any kind, and at the top; a reader of groups calls itself for each. */
  /** Two bytes of a file would become an object each: model, graph, node, attribute, subgraph. */
  @Test
  void graphsWithinNodesAreRefusedUnread() throws IOException {
    byte[] nodes = new byte[8_000_000];
    for (int i = 0; i < nodes.length; i += 2) {
      nodes[i] = 0x0a;
    }
    ByteString message = ByteString.copyFrom(nodes);
    for (int field : new int[] {6, 5, 1, 7}) {
      ByteString.Output bytes = ByteString.newOutput();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeBytes(field, message);
      out.flush();
      message = bytes.toByteString();
    }
    Path file = folder.resolve("subgraph.onnx");
    Files.write(file, message.toByteArray());
    OnnxException e = assertThrows(OnnxException.class, () -> OnnxFile.read(file));
    assertTrue(e.getMessage().contains("graph within a node"), e.getMessage());
  }

  @Test
  void groupsWithinGroupsAreRefused() throws IOException {
    byte[] groups = new byte[3_000_000];
    java.util.Arrays.fill(groups, (byte) 0x0b);
    Path file = folder.resolve("groups.onnx");
    // The graph, its nodes, its tensors and its inputs; a field of the model that is a message.
    for (int[] path :
        List.of(
            new int[] {},
            new int[] {7},
            new int[] {7, 1},
            new int[] {7, 1, 5},
            new int[] {7, 5},
            new int[] {7, 11},
            new int[] {8})) {
      ByteString bytes = ByteString.copyFrom(groups);
      for (int i = path.length - 1; i >= 0; i--) {
        ByteString.Output out = ByteString.newOutput();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        coded.writeBytes(path[i], bytes);
        coded.flush();
        bytes = out.toByteString();
      }
      Files.write(file, bytes.toByteArray());
      assertRefused(file, "is not an ONNX model");
    }
  }

  /** A constant that is its own operand twice, again and again, is computed once each time. */
  @Test
  void doubledConstantsTakeNoTime() throws IOException {
    OnnxModels m = small().floats("k0", new int[0], 1e-12f);
    for (int i = 0; i < 45; i++) {
      m.node("Add", "k" + i + ",k" + i, "k" + (i + 1));
    }
    Path scalar = write(m.node("Mul", "r,k45", "y"), "y");
    assertEquals(4, read(scalar).network().graph().nodes().size() - 2);
    // Larger constants are not kept in memory.
    m = small().longs("size", 1, 4, 1 << 9, 1 << 10).node("ConstantOfShape", "size", "k0");
    for (int i = 0; i < 45; i++) {
      m.node("Add", "k" + i + ",k" + i, "k" + (i + 1));
    }
    assertRefused(write(m.node("Mul", "r,k45", "y"), "y"), "computations on a constant");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, (1 << 30) + 5, 1 << 30, (1 << 30) - 1, 1 << 20})
  void hugePaddingsAreRefused(int pad) throws IOException {
    int[] pads = {pad, pad, pad, pad};
    OnnxModels conv =
        small()
            .floats("w1", new int[] {4, 4, 1, 1}, new float[16])
            .node("Conv", "r,w1", "y", "pads", pads);
    assertRefused(write(conv, "y"), "node '/y' (Conv)");
    int[] two = {2, 2};
    for (String pool : List.of("MaxPool", "AveragePool")) {
      OnnxModels pooled = small().node(pool, "r", "y", "kernel_shape", two, "pads", pads);
      assertRefused(write(pooled, "y"), "node '/y' (" + pool + ")");
    }
  }

  @Test
  void hugeSpreadsAreRefused() throws IOException {
    int[] spread = {(1 << 30) + 1, (1 << 30) + 1};
    for (String auto : List.of("NOTSET", "SAME_UPPER")) {
      OnnxModels conv =
          small()
              .floats("w1", new int[] {4, 4, 3, 3}, new float[144])
              .node("Conv", "r,w1", "y", "dilations", spread, "auto_pad", auto);
      assertRefused(write(conv, "y"), "node '/y' (Conv)");
    }
    // The last window's start lies beyond the image, and beyond what an int holds.
    int[] step = {Integer.MAX_VALUE, Integer.MAX_VALUE};
    OnnxModels pool =
        small()
            .node("MaxPool", "r", "y", "kernel_shape", new int[] {1, 1}, "strides", step)
            .node(
                "MaxPool",
                "r",
                "z",
                "kernel_shape",
                new int[] {1, 1},
                "strides",
                step,
                "ceil_mode",
                1)
            .node("Add", "y,z", "s");
    assertEquals(8, read(write(pool, "s")).network().graph().nodes().size());
  }

  /** One tensor of the file that all layers use is a tensor of each of them. */
  @Test
  void sharedWeightsAreCountedForEachUse() throws IOException {
    int n = 2048;
    OnnxModels m =
        small()
            .floats("w0", new int[] {n, 4}, new float[4 * n])
            .floats("w1", new int[] {n, n}, new float[n * n])
            .node("GlobalAveragePool", "r", "p")
            .node("Flatten", "p", "f")
            .node("Gemm", "f,w0", "h0", "transB", 1);
    for (int i = 0; i < 129; i++) {
      m.node("Gemm", "h" + i + ",w1", "h" + (i + 1), "transB", 1);
    }
    assertRefused(m.write(folder.resolve("shared.onnx"), "h129"), "parameters: too many");
  }

  @Test
  void allTensorsOfAnImageAreCounted() throws IOException {
    OnnxModels m =
        OnnxModels.of(17, 224)
            .floats("s", new int[] {4}, 1, 1, 40, 40)
            .node("Resize", "x,,s", "y0", "mode", "linear");
    for (int i = 0; i < 5; i++) {
      m.node("Relu", "y" + i, "y" + (i + 1));
    }
    assertRefused(write(m, "y5"), "values of one image: too many");
  }

  private static float[] fifteenAnd(float last) {
    float[] all = new float[16];
    all[15] = last;
    return all;
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void weightsThatAreNoNumbersAreRefused(float wrong) throws IOException {
    OnnxModels m =
        small().floats("w1", new int[] {4, 4, 1, 1}, fifteenAnd(wrong)).node("Conv", "r,w1", "y");
    assertRefused(write(m, "y"), "tensor 'y.weight' has " + wrong);
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
