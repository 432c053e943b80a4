package org.bitgaze.network.op;

/** min(max(x, 0), 6). */
public record ReLU6() implements Clamping {
  @Override
  public double min() {
    return 0;
  }

  @Override
  public double max() {
    return 6;
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("hardtanh", script.input(), min(), max());
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return true;
  }
}
