package org.bitgaze.network.op;

/** x * sigmoid(x), also called swish. */
public record SiLU() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("silu", script.input());
  }
}
