package org.bitgaze.explain;

import java.io.Serializable;

/**
 * An answer and the objective that gives it its meaning.
 *
 * @param objective the task
 * @param answer the network's answer
 */
public record Answered(Objective objective, Answer answer) implements Serializable {
  private static final long serialVersionUID = 1L;
}
