package org.bitgaze.network.op;

/** Hyperbolic tangent. */
public record Tanh() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("tanh", script.input());
  }
}
