package org.bitgaze.explain;

import java.io.Serializable;

/** A network's answer for an image; each task has its own type of answer. */
public interface Answer extends Serializable {
  /** Stands for the class of an answer without one. */
  int NO_CLASS = -1;

  /**
   * {@return the class that stands for the answer in tables; {@link #NO_CLASS} if there is none}
   */
  int mainClass();

  /** {@return how sure the network is of that class, in [0, 1]; 0 if there is none} */
  double probability();
}
