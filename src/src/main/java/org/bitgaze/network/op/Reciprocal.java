package org.bitgaze.network.op;

/** 1 / x. */
public record Reciprocal() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("reciprocal", script.input());
  }
}
