package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Quantization;
import org.bitgaze.scene.Scene;
import org.bitgaze.testing.OnnxModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network whose activations are (height, width, channels), and its channels-first copy. */
class ChannelsLastTest {
  private static final int CHANNELS = 5;
  private static final int CLASSES = 4;

  @TempDir private Path folder;

  private static float[] random(String name, int size) {
    Random random = new Random(name.hashCode());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private Explanation explain(String name, int[] bias, UnaryOperator<OnnxModels> head)
      throws IOException {
    OnnxModels start =
        OnnxModels.of(17, 32)
            .floats("w", new int[] {CHANNELS, 3, 3, 3}, random("w", CHANNELS * 27))
            .floats("b", bias, random("b", CHANNELS))
            .floats("fc", new int[] {CHANNELS, CLASSES}, random("fc", CHANNELS * CLASSES))
            .node("Conv", "x,w", "c", "strides", new int[] {2, 2});
    Path file = head.apply(start).write(folder.resolve(name + ".onnx"), "y");
    try (OpenModel open = Model.onnx(name, file).open();
        CamProgram program =
            CamProgram.of(
                open, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.SIMULATED)) {
      var crop = open.preprocessing().apply(Scene.of(1, 2).picture());
      return program.run(List.of(crop), new int[] {CamProgram.OWN_CLASS}).get(0);
    }
  }

  @Test
  void itsMapsAreThoseOfTheChannelsFirstCopy() throws IOException {
    Explanation first =
        explain(
            "first",
            new int[] {CHANNELS, 1, 1},
            m ->
                m.node("Add", "c,b", "s")
                    .node("Relu", "s", "r")
                    .node("GlobalAveragePool", "r", "p")
                    .node("Flatten", "p", "f")
                    .node("MatMul", "f,fc", "y"));
    Explanation last =
        explain(
            "last",
            new int[] {CHANNELS},
            m ->
                m.node("Transpose", "c", "t", "perm", new int[] {0, 2, 3, 1})
                    .node("Add", "t,b", "s")
                    .node("Relu", "s", "r")
                    .node("ReduceMean", "r", "p", "axes", new int[] {1, 2}, "keepdims", 0)
                    .node("MatMul", "p,fc", "y"));
    assertEquals(15, last.cam().height());
    assertEquals(15, last.cam().width());
    assertEquals(MapStatus.OK, first.status());
    assertArrayEquals(first.logits(), last.logits(), 1e-6f);
    assertArrayEquals(first.cam().values(), last.cam().values(), 1e-6f);
  }
}
