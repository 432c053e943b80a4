package org.bitgaze.network.op;

/**
 * min(max(slope x + shift, 0), 1).
 *
 * @param slope factor of x
 * @param shift summand
 */
public record HardSigmoid(double slope, double shift) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    String line = Script.call("add", Script.call("mul", script.input(), slope), shift);
    return Script.call("clamp", line, 0, 1);
  }
}
