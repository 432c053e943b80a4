package org.bitgaze.network.op;

/** x min(max(x + 3, 0), 6) / 6. */
public record HardSwish() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("hardswish", script.input());
  }
}
