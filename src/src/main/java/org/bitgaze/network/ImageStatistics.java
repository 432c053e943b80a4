package org.bitgaze.network;

import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.InstanceNorm2d;

/** Makes each batch norm use the statistics of the image it sees, see {@link InstanceNorm2d}. */
public final class ImageStatistics implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node ->
            node.op() instanceof BatchNorm2d norm
                ? new Edit.Substitute(new InstanceNorm2d(norm.features(), norm.eps()))
                : Edit.KEEP);
  }
}
