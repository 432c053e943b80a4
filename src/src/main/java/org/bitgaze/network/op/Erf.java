package org.bitgaze.network.op;

/** The error function. */
public record Erf() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("erf", script.input());
  }
}
