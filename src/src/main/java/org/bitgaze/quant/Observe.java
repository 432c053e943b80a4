package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;

/**
 * The identity, which also exposes each image's minimum and maximum, (N, 2), under the point's
 * name.
 *
 * @param point name of the quantization point whose range is observed
 */
public record Observe(String point) implements Op {

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    // By its dimensions: flattened, channels that lie beside each other would be copied apart.
    String x = script.input();
    List<Integer> rest = script.dimensions();
    String extremes =
        "["
            + Script.call("amin", x, rest, false)
            + ", "
            + Script.call("amax", x, rest, false)
            + "]";
    script.expose(point, script.let(Script.call("stack", extremes, 1)));
    return script.input();
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
