package org.bitgaze.network.op;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Batch normalization with running statistics or with the batch's, see {@link
 * Script#usesBatchStatistics}; the latter update the running statistics (momentum 0.1).
 *
 * @param features channels
 * @param eps added to the variance
 */
public record BatchNorm2d(int features, double eps) implements Op {
  private static final double MOMENTUM = 0.1;

  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> p = new LinkedHashMap<>();
    for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
      p.put(name, new int[] {features});
    }
    return p;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return Window.image(inputs, features);
  }

  @Override
  public String torchScript(Script script) {
    return Script.call(
        "batch_norm",
        script.input(),
        script.parameter("weight"),
        script.parameter("bias"),
        script.parameter("running_mean"),
        script.parameter("running_var"),
        script.usesBatchStatistics(),
        MOMENTUM,
        eps,
        false);
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return Optional.of(
        script.kernel(
            "batch_norm2d",
            script.inputs().get(0),
            script.parameter("weight"),
            script.parameter("bias"),
            script.parameter("running_mean"),
            script.parameter("running_var"),
            eps));
  }
}
