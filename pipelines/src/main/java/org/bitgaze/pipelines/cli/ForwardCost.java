package org.bitgaze.pipelines.cli;

import java.util.List;
import java.util.Locale;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.transforms.ExplainImages;

/** What a map method without gradient will cost, said before work begins. */
final class ForwardCost {
  /**
   * Milliseconds of a core per run of a network: MobileNetV2 and SqueezeNet 1.1 took 4 to 20 on the
   * machines where this was measured.
   */
  private static final double LEAST = 0.004;

  private static final double MOST = 0.020;

  private ForwardCost() {}

  /** {@return a line for an audit by such a method; none for others} */
  static List<String> describe(AuditInput images, AuditPlan plan) {
    MapMethod method = plan.protocol().cam();
    if (!method.isForward()) {
      return List.of();
    }
    long passes = 0;
    for (ExplainImages explanation : plan.explanations()) {
      int maps = explanation.getConfigurations().size() + explanation.getCandidates().size();
      passes += (long) maps * explanation.perturbations().passes();
    }
    String head =
        method == MapMethod.ABLATIONCAM
            ? ", and what follows the target layer once for each of its channels"
            : "";
    return List.of(
        String.format(
            Locale.ROOT,
            "%s runs the networks %,d times per image%s: for small networks, some %.1f to %.1f s of"
                + " a core per image, %.0f to %.0f minutes for all %,d",
            method.id(),
            passes,
            head,
            passes * LEAST,
            passes * MOST,
            passes * LEAST * images.count() / 60,
            passes * MOST * images.count() / 60,
            images.count()));
  }
}
