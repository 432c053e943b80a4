package org.bitgaze.network.op;

/** max(x, 0). */
public record ReLU() implements Clamping {
  @Override
  public double min() {
    return 0;
  }

  @Override
  public double max() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public String torchScript(Script script) {
    return script.elementwise("relu", script.input());
  }

  @Override
  public boolean picksValues() {
    return true;
  }

  @Override
  public boolean isFusedByKernels() {
    return true;
  }

  @Override
  public boolean isNonNegative(boolean inputs) {
    return true;
  }
}
