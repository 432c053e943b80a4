package org.bitgaze.ort;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.perturb.ForwardNetwork;
import org.bitgaze.explain.task.Detection;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.Scores;
import org.bitgaze.onnx.file.Quoted;

/**
 * What a file computes, as its objective reads it: logits first, and of a detector the scores and
 * boxes. A file that ends with a sigmoid or a softmax gives no logits: they are computed from its
 * probabilities, as the logarithm of the odds or of the probability.
 *
 * @param file the file
 * @param objective what its outputs mean
 * @param scores what its scores are
 */
record DeployedOutputs(DeployedFile file, Objective objective, Scores scores) {
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
          name, Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray());
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
    float[] found = raw.get(0);
    objective.scores().ifPresent(expected -> require(file.outputs().get(0), found, expected));
    if (!(objective instanceof Detection detection)) {
      return logits(found, i -> true);
    }
    float[] rest = raw.size() == 1 ? new float[0] : raw.get(1);
    if (raw.size() > 1) {
      require(file.outputs().get(1), rest, 4 * detection.anchors());
    }
    if (scores == Scores.LOGITS) {
      return joined(found, rest);
    }
    return joined(logits(found, detection::isScore), joined(found, rest));
  }

  /**
   * Reads some of the outputs of one image: logits are computed of these alone.
   *
   * @param raw the scores, and a detector's boxes if they are another output
   * @param indices of the outputs, as the objective reads them
   * @return these outputs
   */
  float[] read(List<float[]> raw, int[] indices) {
    float[] found = raw.get(0);
    if (scores == Scores.LOGITS || Arrays.stream(indices).anyMatch(i -> i >= found.length)) {
      return ForwardNetwork.at(read(raw), indices);
    }
    float[] some = ForwardNetwork.at(found, indices);
    for (int i = 0; i < some.length; i++) {
      boolean score = !(objective instanceof Detection d) || d.isScore(indices[i]);
      some[i] = score ? logit(some[i]) : some[i];
    }
    return some;
  }

  private void require(String output, float[] found, int expected) {
    if (found.length != expected) {
      throw new IllegalStateException(
          "%s: '%s' has %d numbers for an image; %d are expected: %s"
              .formatted(
                  file.path(), Quoted.of(output), found.length, expected, objective.description()));
    }
  }

  private float[] logits(float[] found, IntPredicate isScore) {
    float[] logits = found.clone();
    for (int i = 0; i < logits.length; i++) {
      if (isScore.test(i)) {
        logits[i] = logit(found[i]);
      }
    }
    return logits;
  }

  private float logit(float score) {
    return switch (scores) {
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
