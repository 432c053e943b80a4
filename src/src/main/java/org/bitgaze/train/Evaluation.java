package org.bitgaze.train;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Quantization;
import org.bitgaze.scene.Scene;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A network's answers for scenes.
 *
 * @param confusion number of scenes, by class and then by the network's answer
 */
public record Evaluation(int[][] confusion) {

  /**
   * Runs a network in float on scenes.
   *
   * @param model the network and its weights
   * @param seed the scenes' seed; it should differ from the training's
   * @param count number of scenes
   * @return the answers
   * @throws IOException if the weights cannot be read
   */
  public static Evaluation of(Model model, long seed, int count) throws IOException {
    ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS);
    Preprocessing preprocessing = model.preprocessing();
    int[] answers = new int[count];
    try (ProgramCache.Lease<CamProgram> lease = CamProgram.lease(key)) {
      IntStream.range(0, count)
          .parallel()
          .forEach(
              i ->
                  answers[i] =
                      answer(lease.program(), preprocessing.apply(Scene.of(seed, i).picture())));
    }
    int classes = SceneClass.ALL.size();
    int[][] confusion = new int[classes][classes];
    for (int i = 0; i < count; i++) {
      confusion[Scene.of(seed, i).label().index()][answers[i]]++;
    }
    return new Evaluation(confusion);
  }

  private static int answer(CamProgram program, RgbImage image) {
    return program.run(List.of(image), new int[] {CamProgram.OWN_CLASS}).get(0).topClass();
  }

  /**
   * Counts the scenes of a class.
   *
   * @param index the class's index
   * @return number of scenes
   */
  public int count(int index) {
    return IntStream.of(confusion[index]).sum();
  }

  /**
   * Returns the accuracy on one class.
   *
   * @param index the class's index
   * @return in [0, 1]; NaN if there are no scenes of the class
   */
  public double accuracy(int index) {
    return (double) confusion[index][index] / count(index);
  }

  /** {@return the accuracy on all scenes, in [0, 1]} */
  public double accuracy() {
    int right = 0;
    int all = 0;
    for (int i = 0; i < confusion.length; i++) {
      right += confusion[i][i];
      all += count(i);
    }
    return (double) right / all;
  }
}
