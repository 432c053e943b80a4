package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Script;

/**
 * An observer: the identity, which also exposes each image's minimum and maximum, (N, 2), under the
 * point's name.
 *
 * @param point the name of the observed quantization point
 */
public record Observe(String point) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    // Reduced over dimensions, not flattened: flattening would copy a channels-last tensor.
    String x = script.input();
    List<Integer> dimensions = script.dimensions();
    String min = Script.call("amin", x, dimensions, false);
    String max = Script.call("amax", x, dimensions, false);
    script.expose(point, script.let(Script.call("stack", "[" + min + ", " + max + "]", 1)));
    return x;
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
