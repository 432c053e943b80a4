package org.bitgaze.quant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.QuantizationRole;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.UnfusedRole;

/**
 * A layer whose weights are read as they are or quantized, as the program is told when it runs. The
 * program holds both: rounding them for each image would take longer than most layers do.
 *
 * @param op the layer
 * @param number the program's variable that says which: 0 as they are, 1 at the first precision,
 *     ...
 * @param precisions to which they may be quantized
 */
record SelectableWeights(Op op, String number, List<Precision> precisions) implements Op {

  /** Name of a weight at a precision. */
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
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String weight : op.weights()) {
      List<Supplier<String>> all = new ArrayList<>();
      all.add(() -> script.parameter(weight));
      precisions.forEach(p -> all.add(() -> script.parameter(parameter(weight, p))));
      chosen.put(weight, script.choose(number, all));
    }
    return op.torchScript(new WithParameters(script, chosen));
  }

  @Override
  public Set<String> weights() {
    return op.weights();
  }

  @Override
  public QuantizationRole quantizationRole() {
    return op.quantizationRole();
  }

  @Override
  public UnfusedRole unfusedRole() {
    return op.unfusedRole();
  }

  /** Where the layer writes, with weights that are variables. */
  private record WithParameters(Script script, Map<String, String> chosen) implements Script {
    @Override
    public List<String> inputs() {
      return script.inputs();
    }

    @Override
    public int[] shape() {
      return script.shape();
    }

    @Override
    public String parameter(String local) {
      return chosen.containsKey(local) ? chosen.get(local) : script.parameter(local);
    }

    @Override
    public String stream() {
      return script.stream();
    }

    @Override
    public boolean usesBatchStatistics() {
      return script.usesBatchStatistics();
    }

    @Override
    public boolean mayOverwrite() {
      return script.mayOverwrite();
    }

    @Override
    public String convolve(Conv2d convolution, String weight, String bias) {
      return script.convolve(convolution, weight, bias);
    }

    @Override
    public String let(String expression) {
      return script.let(expression);
    }

    @Override
    public String choose(String number, List<Supplier<String>> alternatives) {
      return script.choose(number, alternatives);
    }

    @Override
    public void expose(String name, String variable) {
      script.expose(name, variable);
    }
  }
}
