package org.bitgaze.network.op;

/**
 * Rotates the elements along one dimension, as {@code torch.roll}.
 *
 * @param axis the dimension, from 1; 0 is the batch
 * @param shift how far elements move towards higher indices; those beyond the end come first
 */
public record Roll(int axis, int shift) implements Elementwise {
  @Override
  public String torchScript(Script script) {
    return Script.call("roll", script.input(), "[" + shift + "]", "[" + axis + "]");
  }
}
