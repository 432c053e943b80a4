package org.bitgaze.network;

import java.util.List;
import java.util.Map;
import org.bitgaze.network.op.Op;

/**
 * One step of a network.
 *
 * @param name unique name: the module's path in torchvision ({@code features.0.0}), or torch.fx's
 *     name for a function ({@code add_1}, {@code cat}); parameters are found under it
 * @param module path of the torchvision module in which the step runs
 * @param op what is computed
 * @param inputs names of the nodes whose outputs it takes, in order
 */
public record Node(String name, String module, Op op, List<String> inputs) {

  /** Copies the inputs. */
  public Node {
    inputs = List.copyOf(inputs);
  }

  /**
   * Tells whether the step is part of a module.
   *
   * @param path a module's path
   * @return whether it runs in that module or in one inside it
   */
  public boolean isWithin(String path) {
    return module.equals(path) || module.startsWith(path + ".");
  }

  /**
   * Returns the same node after some others were replaced.
   *
   * @param replaced name of a node to the name of what stands in its place
   * @return a new node
   */
  public Node rewired(Map<String, String> replaced) {
    return new Node(
        name, module, op, inputs.stream().map(i -> replaced.getOrDefault(i, i)).toList());
  }

  /**
   * Returns the same node with another operation.
   *
   * @param other what it computes instead
   * @return a new node
   */
  public Node with(Op other) {
    return new Node(name, module, other, inputs);
  }

  /**
   * Returns the only input's name.
   *
   * @return the first of the inputs
   */
  public String input() {
    return inputs.get(0);
  }
}
