package org.bitgaze.quant;

import java.util.List;
import org.bitgaze.op.Op;
import org.bitgaze.op.Script;

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
    String flat = script.let(Script.call("flatten", script.input(), 1, -1));
    String extremes =
        "["
            + Script.call("amin", flat, "[1]", false)
            + ", "
            + Script.call("amax", flat, "[1]", false)
            + "]";
    script.expose(point, script.let(Script.call("stack", extremes, 1)));
    return script.input();
  }

  @Override
  public boolean isAlias(int inputs) {
    return true;
  }
}
