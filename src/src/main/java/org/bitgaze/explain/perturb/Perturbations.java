package org.bitgaze.explain.perturb;

import java.util.OptionalInt;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;

/**
 * How a method that runs the network forward only is used.
 *
 * @param method the method
 * @param number of masks ({@code rise}) or channels ({@code scorecam}); the method's default if
 *     absent
 */
public record Perturbations(MapMethod method, OptionalInt number) {
  /** Of RISE. */
  public static final int MASKS = 512;

  /** Of Score-CAM. */
  public static final int CHANNELS = 64;

  /**
   * Checks the choice.
   *
   * @throws IllegalArgumentException if the method needs gradients, the number is not positive, or
   *     the method has a fixed number of perturbations
   */
  public Perturbations {
    if (!method.isForward()) {
      throw new IllegalArgumentException(
          method.id() + " weighs by gradients: it does not perturb the image");
    }
    if (number.isPresent() && !isBounded(method)) {
      throw new IllegalArgumentException(
          "the number of perturbations can be chosen for rise, rise.coverage and scorecam only; "
              + method.id()
              + (method == MapMethod.OCCLUSION
                  ? " always hides 196 patches"
                  : method == MapMethod.EIGENCAM
                      ? " needs none"
                      : " tries every channel of the target layer"));
    }
    if (number.isPresent() && number.getAsInt() < 1) {
      throw new IllegalArgumentException(
          number.getAsInt() + " perturbations; at least 1 is expected");
    }
  }

  /**
   * Tells whether the number of perturbations can be chosen.
   *
   * @param method any method
   * @return whether it has no fixed number
   */
  public static boolean isBounded(MapMethod method) {
    return switch (method) {
      case RISE, RISE_COVERAGE, SCORECAM -> true;
      default -> false;
    };
  }

  /**
   * Counts the runs of the whole network for a map.
   *
   * @return at most this many, including the run that gives the answer; for {@code ablationcam},
   *     what follows the target layer is also run once for each channel
   */
  public int passes() {
    return 1
        + switch (method) {
          case OCCLUSION -> Occlusion.CELLS * Occlusion.CELLS;
          case RISE, RISE_COVERAGE -> number.orElse(MASKS);
          case SCORECAM -> 1 + number.orElse(CHANNELS);
          default -> 1;
        };
  }

  ForwardMethod of(Normalization normalization) {
    return switch (method) {
      case OCCLUSION -> new Occlusion(meanColor(normalization));
      case RISE -> new Rise(number.orElse(MASKS), false);
      case RISE_COVERAGE -> new Rise(number.orElse(MASKS), true);
      case SCORECAM -> new ScoreCam(number.orElse(CHANNELS));
      case ABLATIONCAM -> new AblationCam();
      case EIGENCAM -> new EigenCam();
      default -> throw new IllegalStateException(method.id());
    };
  }

  /**
   * Finds the dataset's mean in the network's own units: 0 after normalization. A network that
   * normalizes its input itself has a preprocessing without mean; it sees ImageNet's.
   */
  static float[] meanColor(Normalization normalization) {
    boolean ownMean = normalization.mean().stream().allMatch(m -> m == 0);
    float[] mean = new float[3];
    for (int c = 0; c < 3 && ownMean; c++) {
      mean[c] =
          Normalization.IMAGENET.mean().get(c).floatValue()
              / normalization.std().get(c).floatValue();
    }
    return mean;
  }
}
