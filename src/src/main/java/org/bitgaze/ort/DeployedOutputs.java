package org.bitgaze.ort;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Detection;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.Scores;

/**
 * What a file computes, as its objective reads it: logits first, and of a detector the scores and
 * boxes. A file that ends with a sigmoid or a softmax gives no logits: they are computed from its
 * probabilities, as the logarithm of the odds or of the probability.
 *
 * @param file the file
 * @param objective what its outputs mean
 */
record DeployedOutputs(DeployedFile file, Objective objective) {
  /** The complement of the largest float32 number below 1. */
  private static final double SMALLEST_COMPLEMENT = Math.scalb(1.0, -24);

  /**
   * Checks an output's shape.
   *
   * @param name of the output
   * @param shape that ONNX Runtime gave, with the batch
   * @param images number of images
   * @throws IllegalStateException if there is not a row for each image, or the row does not fit
   */
  void check(String name, long[] shape, long images) {
    if (shape.length == 0 || shape[0] != images) {
      throw new IllegalStateException(
          "%s: %d images gave an output of shape %s"
              .formatted(file.path(), images, Arrays.toString(shape)));
    }
    if (!objective.isClassification()) {
      return;
    }
    try {
      DeployedFile.requireOneRow(
          name, IntStream.range(1, shape.length).mapToObj(i -> (int) shape[i]).toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(file.path() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the outputs of one image.
   *
   * @param raw the scores, and a detector's boxes if they are another output
   * @return the outputs as the objective reads them
   */
  float[] read(List<float[]> raw) {
    float[] scores = raw.get(0);
    if (!(objective instanceof Detection detection)) {
      return logits(scores, i -> true);
    }
    float[] rest = raw.size() == 1 ? new float[0] : raw.get(1);
    if (raw.size() > 1 && rest.length != 4 * detection.anchors()) {
      throw new IllegalStateException(
          "%s: '%s' has %d numbers; boxes of %d anchors are expected"
              .formatted(file.path(), file.outputs().get(1), rest.length, detection.anchors()));
    }
    if (file.scores() == Scores.LOGITS) {
      return joined(scores, rest);
    }
    return joined(logits(scores, detection::isScore), joined(scores, rest));
  }

  private float[] logits(float[] scores, IntPredicate isScore) {
    float[] logits = scores.clone();
    for (int i = 0; i < logits.length; i++) {
      if (isScore.test(i)) {
        logits[i] = logit(scores[i]);
      }
    }
    return logits;
  }

  private float logit(float score) {
    return switch (file.scores()) {
      case LOGITS, LOG_PROBABILITIES -> score;
      case PROBABILITIES -> log(score);
      case SIGMOIDS -> (float) (log(score) - Math.log(Math.max(1.0 - score, SMALLEST_COMPLEMENT)));
    };
  }

  private static float log(float probability) {
    return Math.max((float) Math.log(probability), OrtPrecision.LOG_OF_ZERO);
  }

  private static float[] joined(float[] first, float[] second) {
    float[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
