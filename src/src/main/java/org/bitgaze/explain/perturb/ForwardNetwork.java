package org.bitgaze.explain.perturb;

import java.util.List;
import org.bitgaze.image.ImageSize;

/**
 * A network that is run forward only, by any engine. Any number of threads may use it at once. What
 * an input gives depends on no other input.
 */
public interface ForwardNetwork extends AutoCloseable {

  /** {@return the size of an input} */
  ImageSize size();

  /** {@return how many inputs a native call takes, at least 1; a call with fewer costs as much} */
  int batchSize();

  /**
   * Runs the network.
   *
   * @param inputs any number, each float32 (3, height, width), row by row, after mean and standard
   *     deviation; they are not changed
   * @return for each input, in order, the outputs as the objective reads them; of a classifier the
   *     logits, or the logarithms of probabilities where the network computes these
   */
  List<float[]> outputs(List<float[]> inputs);

  /**
   * Runs the network where few of its outputs are needed.
   *
   * @param inputs as for {@link #outputs(List)}
   * @param indices of the outputs
   * @return for each input, in order, these outputs
   */
  default List<float[]> outputs(List<float[]> inputs, int[] indices) {
    return outputs(inputs).stream().map(all -> at(all, indices)).toList();
  }

  /**
   * Picks numbers.
   *
   * @param all the numbers
   * @param indices of the wanted ones
   * @return these, in the order of the indices
   */
  static float[] at(float[] all, int[] indices) {
    float[] some = new float[indices.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = all[indices[i]];
    }
    return some;
  }

  /**
   * Runs the network up to the target layer.
   *
   * @param input one input
   * @return its activations, from which the network can be run on
   * @throws UnsupportedOperationException if the network has no target layer
   */
  TargetState target(float[] input);

  /** Releases the network. */
  @Override
  void close();
}
