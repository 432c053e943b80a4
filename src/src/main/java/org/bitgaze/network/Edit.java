package org.bitgaze.network;

import org.bitgaze.network.op.Op;

/** What a rewriting does with one node. */
public sealed interface Edit {
  /** The node stays as it is. */
  Edit KEEP = new Keep();

  /** The node goes; whoever took its output takes its first input instead. */
  Edit REMOVE = new Remove();

  /** See {@link #KEEP}. */
  record Keep() implements Edit {}

  /** See {@link #REMOVE}. */
  record Remove() implements Edit {}

  /**
   * Another operation under the same name, whose output is another one, too.
   *
   * @param op what is computed instead
   */
  record Replace(Op op) implements Edit {}

  /**
   * Another operation under the same name, which does the node's part: who asks for the node's
   * output wants this one's.
   *
   * @param op what is computed instead
   */
  record Substitute(Op op) implements Edit {}

  /**
   * A node behind this one, whose output all take who took this one's.
   *
   * @param suffix what its name adds to this node's
   * @param op what it computes
   */
  record Append(String suffix, Op op) implements Edit {}
}
