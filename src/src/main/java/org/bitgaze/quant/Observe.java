package org.bitgaze.quant;

import java.util.List;
import java.util.Optional;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;

/**
 * An observer: the identity, which also exposes each image's minimum and maximum, (N, 2), under the
 * point's name.
 *
 * @param point the name of the observed quantization point
 * @param fixed the range that is exposed instead, whatever the values are; empty where it is
 *     observed
 */
public record Observe(String point, Optional<Range> fixed) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    // Reduced over dimensions, not flattened: flattening would copy a channels-last tensor.
    String x = script.input();
    List<Integer> dimensions = script.dimensions();
    String min = Script.call("amin", x, dimensions, false);
    String max = Script.call("amax", x, dimensions, false);
    if (fixed.isPresent()) {
      min = Script.call("full_like", min, fixed.get().min());
      max = Script.call("full_like", max, fixed.get().max());
    }
    script.expose(point, script.let(Script.call("stack", "[" + min + ", " + max + "]", 1)));
    return x;
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
