package org.bitgaze.network.op;

/** An activation that only clamps: min(max(x, {@link #min}), {@link #max}). */
public interface Clamping extends Elementwise {

  /** {@return the smallest output} */
  double min();

  /** {@return the largest output, possibly infinite} */
  double max();
}
