package org.bitgaze.network;

import java.util.List;
import java.util.Map;
import org.bitgaze.network.op.Op;

/**
 * One operation of a network.
 *
 * @param name unique name: the module's path in torchvision ({@code features.0.0}), or torch.fx's
 *     name of a function ({@code add_1}, {@code cat}); it prefixes the names of the parameters
 * @param module path of the torchvision module in which the node runs
 * @param op what is computed
 * @param inputs names of the nodes whose outputs it takes, in order
 */
public record Node(String name, String module, Op op, List<String> inputs) {

  /** Copies the inputs. */
  public Node {
    inputs = List.copyOf(inputs);
  }

  /**
   * Tells whether the node is part of a module.
   *
   * @param path a module's path
   * @return whether it runs in that module or in a module inside it
   */
  public boolean isWithin(String path) {
    return module.equals(path) || module.startsWith(path + ".");
  }

  /**
   * Renames the inputs.
   *
   * @param replaced a node's name to the name of the node that replaces it
   * @return a new node
   */
  public Node rewired(Map<String, String> replaced) {
    return new Node(
        name, module, op, inputs.stream().map(i -> replaced.getOrDefault(i, i)).toList());
  }

  /**
   * Replaces the operation.
   *
   * @param other the new operation
   * @return a new node
   */
  public Node with(Op other) {
    return new Node(name, module, other, inputs);
  }

  /** {@return the name of the first input} */
  public String input() {
    return inputs.get(0);
  }
}
