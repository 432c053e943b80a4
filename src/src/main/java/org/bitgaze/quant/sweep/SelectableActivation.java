package org.bitgaze.quant.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;

/**
 * An activation whose quantization is selected while the program runs.
 *
 * @param number the program's variable that selects: 0 for no quantization, 1 for the first
 *     alternative, ...
 * @param removed what stays of the activation without quantization; empty if it stays as it is
 * @param alternatives operations that quantize the activation
 */
record SelectableActivation(String number, Optional<Op> removed, List<Op> alternatives)
    implements Elementwise {
  @Override
  public boolean quantizes() {
    return true;
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    boolean unquantized = removed.map(op -> op.isNonNegative(inputs)).orElse(inputs);
    return unquantized && alternatives.stream().allMatch(op -> op.isNonNegative(unquantized));
  }

  @Override
  public String torchScript(Script script) {
    List<Supplier<String>> all = new ArrayList<>();
    all.add(() -> removed.map(op -> op.torchScript(script)).orElseGet(script::input));
    alternatives.forEach(op -> all.add(() -> op.torchScript(script)));
    return script.choose(number, all);
  }
}
