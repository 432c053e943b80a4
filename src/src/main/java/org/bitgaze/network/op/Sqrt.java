package org.bitgaze.network.op;

/** The square root; NaN for negative inputs. */
public record Sqrt() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("sqrt", script.input());
  }
}
