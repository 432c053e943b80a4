package org.bitgaze.network;

import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.KeyedDropout;

/** Makes each dropout and stochastic depth drop, see {@link KeyedDropout}. */
public final class DrawDropout implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node ->
            node.op() instanceof Dropout dropout && dropout.p() > 0
                ? new Edit.Substitute(new KeyedDropout(dropout))
                : Edit.KEEP);
  }
}
