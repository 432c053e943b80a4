package org.bitgaze.network.op;

/** The exponential function. */
public record Exp() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("exp", script.input());
  }
}
