package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;

/**
 * An activation that is left alone or quantized, as the program is told when it runs.
 *
 * @param number the program's variable that says how: 0 not at all, 1 by the first alternative, ...
 * @param alternatives what quantizes it
 */
record ChosenActivation(String number, List<Op> alternatives) implements Op {
  @Override
  public int[] outputShape(List<int[]> inputs) {
    return inputs.get(0);
  }

  @Override
  public String torchScript(Script script) {
    List<Supplier<String>> all = new ArrayList<>();
    all.add(script::input);
    alternatives.forEach(op -> all.add(() -> op.torchScript(script)));
    return script.choose(number, all);
  }

  @Override
  public boolean quantizes() {
    return true;
  }
}
