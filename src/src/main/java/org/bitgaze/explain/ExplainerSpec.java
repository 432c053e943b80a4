package org.bitgaze.explain;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.bitgaze.image.Preprocessing;

/**
 * All that decides what an {@link Explainer} computes: a value that is made when a graph is built,
 * and that travels to the workers, which open it.
 */
public interface ExplainerSpec extends Serializable {
  /** {@return the model's id} */
  String modelId();

  /** {@return what the maps of one image are called, in order, such as {@code int8}} */
  List<String> labels();

  /** {@return what is done to images before the network sees them} */
  Preprocessing preprocessing();

  /** {@return how many images a call of {@link Explainer#explain} takes, at least 1} */
  int batchSize();

  /**
   * Loads the network.
   *
   * @return an explainer, to be closed
   * @throws IOException if the network's files cannot be read
   */
  Explainer open() throws IOException;
}
