package org.bitgaze.network.op;

/**
 * Gaussian error linear unit (Hendrycks and Gimpel 2016): x (1 + erf(x / sqrt(2))) / 2, or its
 * approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
 *
 * @param tanh whether it is the approximation
 */
public record GELU(boolean tanh) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    String x = script.input();
    if (!tanh) {
      return Script.call("gelu", x);
    }
    // In an archive of version 3, PyTorch's gelu does not know the approximation.
    String cube = Script.call("mul", Script.call("pow", x, 3), 0.044715);
    String inner = Script.call("mul", Script.call("add", x, cube), Math.sqrt(2 / Math.PI));
    String sum = Script.call("add", Script.call("tanh", inner), 1);
    return Script.call("mul", Script.call("mul", x, 0.5), sum);
  }
}
