package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.torch.runtime.StartupClock;

/** Passes the classes to explain to programs, and reads their results. */
final class Explanations {
  private Explanations() {}

  /** {@return what {@link #addTargets} takes, for images to explain} */
  static int[] targets(List<Explainer.Input> inputs) {
    return inputs.stream()
        .mapToInt(input -> input.explainedClass().orElse(CamProgram.OWN_CLASS))
        .toArray();
  }

  /**
   * Adds the argument {@code target} (int64, N).
   *
   * @throws IllegalArgumentException if there is not one class per image, or one is below {@link
   *     CamProgram#OWN_CLASS}
   */
  static void addTargets(NDList arguments, int[] targets, int images) {
    if (targets.length != images) {
      throw new IllegalArgumentException(targets.length + " targets for " + images + " images");
    }
    for (int target : targets) {
      if (target < CamProgram.OWN_CLASS) {
        throw new IllegalArgumentException("target " + target + " is not a class");
      }
    }
    arguments.add(arguments.getManager().create(Arrays.stream(targets).asLongStream().toArray()));
  }

  /**
   * Reads explanations.
   *
   * @param results maps (float32, ... x h x w), logits (float32, ... x classes), explained classes
   *     (int64, ...) and perhaps whether these were clipped (int64, ...: 1 or 0) and the share of
   *     weights near a pole (float32, ...)
   * @return in the order of the results' leading dimensions
   */
  static List<Explanation> read(NDList results) {
    Shape shape = results.get(0).getShape();
    int height = (int) shape.get(shape.dimension() - 2);
    int width = (int) shape.get(shape.dimension() - 1);
    float[] maps = results.get(0).toFloatArray();
    float[] logits = results.get(1).toFloatArray();
    long[] explained = results.get(2).toLongArray();
    long[] clipped = new long[explained.length];
    float[] unstable = new float[explained.length];
    for (NDArray result : results.subNDList(3)) {
      if (result.getDataType() == DataType.INT64) {
        clipped = result.toLongArray();
      } else if (result.getDataType() == DataType.FLOAT32) {
        unstable = result.toFloatArray();
      }
    }
    List<Explanation> all = new ArrayList<>();
    for (int i = 0; i < explained.length; i++) {
      float[] map = slice(maps, i, explained.length);
      all.add(
          new Explanation(
              new Heatmap(height, width, map),
              slice(logits, i, explained.length),
              (int) explained[i],
              clipped[i] != 0,
              unstable[i],
              Fidelity.UNKNOWN));
    }
    StartupClock.recordMap();
    return all;
  }

  private static float[] slice(float[] all, int index, int count) {
    int size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }
}
