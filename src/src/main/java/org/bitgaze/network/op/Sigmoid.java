package org.bitgaze.network.op;

import java.util.Optional;

/** 1 / (1 + exp(-x)). */
public record Sigmoid() implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return script.elementwise("sigmoid", script.input());
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    return script.relu()
        ? Optional.empty()
        : Optional.of(script.kernel("sigmoid", script.inputs().get(0)));
  }
}
