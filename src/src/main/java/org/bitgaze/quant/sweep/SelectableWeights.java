package org.bitgaze.quant.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;
import org.bitgaze.quant.Precision;

/**
 * A layer whose weights are selected while the program runs: unrounded, or at one of several
 * precisions. The program holds all of them, because rounding them for each image would take longer
 * than most layers do.
 *
 * @param op the layer
 * @param number the program's variable that selects: 0 for unrounded weights, 1 for the first
 *     precision, ...
 * @param precisions integer precisions
 */
record SelectableWeights(Op op, String number, List<Precision> precisions) implements Op {

  /** Returns the name of a weight at a precision. */
  static String parameter(String weight, Precision precision) {
    return weight + "." + precision;
  }

  @Override
  public Map<String, int[]> parameters() {
    Map<String, int[]> all = new LinkedHashMap<>(op.parameters());
    for (String weight : op.weights()) {
      precisions.forEach(p -> all.put(parameter(weight, p), op.parameters().get(weight)));
    }
    return all;
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    return op.outputShape(inputs);
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    return op.multiplyAdds(inputs);
  }

  @Override
  public String torchScript(Script script) {
    for (String weight : op.weights()) {
      List<Supplier<String>> alternatives = new ArrayList<>();
      alternatives.add(() -> script.parameter(weight));
      precisions.forEach(p -> alternatives.add(() -> script.parameter(parameter(weight, p))));
      script.bindParameter(weight, script.choose(number, alternatives));
    }
    return op.torchScript(script);
  }

  @Override
  public Set<String> weights() {
    return op.weights();
  }
}
