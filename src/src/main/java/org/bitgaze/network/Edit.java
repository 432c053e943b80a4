package org.bitgaze.network;

import org.bitgaze.network.op.Op;

/** What {@link Graph#rewrite} does with one node. */
public sealed interface Edit {
  /** Leaves the node as it is. */
  Edit KEEP = new Keep();

  /** Removes the node; its consumers take its first input instead. */
  Edit REMOVE = new Remove();

  /** See {@link #KEEP}. */
  record Keep() implements Edit {}

  /** See {@link #REMOVE}. */
  record Remove() implements Edit {}

  /**
   * Replaces the operation by one with the same output. {@link Rewritten#locate} still finds the
   * node.
   *
   * @param op the new operation
   */
  record ReplaceKeepingOutput(Op op) implements Edit {}

  /**
   * Replaces the operation by one with another output. The node's former output is lost.
   *
   * @param op the new operation
   */
  record ReplaceChangingOutput(Op op) implements Edit {}

  /**
   * Inserts a node after this one; all consumers of this node take the new node's output instead.
   *
   * @param suffix appended to this node's name, to name the new node
   * @param op the new node's operation
   */
  record Append(String suffix, Op op) implements Edit {}
}
