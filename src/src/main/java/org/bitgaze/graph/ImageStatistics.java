package org.bitgaze.graph;

import org.bitgaze.op.BatchNorm2d;
import org.bitgaze.op.ImageNorm2d;

/** Makes each batch norm use the statistics of the image it sees, see {@link ImageNorm2d}. */
public final class ImageStatistics implements Pass {

  @Override
  public Rewritten rewrite(Graph graph) {
    return graph.rewrite(
        node ->
            node.op() instanceof BatchNorm2d norm
                ? new Edit.Substitute(new ImageNorm2d(norm.features(), norm.eps()))
                : Edit.KEEP);
  }
}
