package org.bitgaze.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.network.TargetView;
import org.bitgaze.torch.ForwardProgram.Part;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * The forward programs of one precision, each compiled when it is first needed. Every native call
 * is filled up to the same size, so that results do not depend on how inputs are batched. Any
 * number of threads may use it at once.
 */
final class ForwardPrograms implements AutoCloseable {
  private final ProgramKey key;
  private final int batchSize;
  private final int threads;
  private final Map<Part, ProgramCache.Lease<ForwardProgram>> leases = new EnumMap<>(Part.class);

  /**
   * Prepares; nothing is compiled yet.
   *
   * @param key what the whole network computes
   * @param batchSize inputs per native call
   * @param threads threads inside libtorch for each call
   */
  ForwardPrograms(ProgramKey key, int batchSize, int threads) {
    this.key = key;
    this.batchSize = batchSize;
    this.threads = threads;
  }

  private synchronized ForwardProgram program(Part part) {
    try {
      if (!leases.containsKey(part)) {
        leases.put(part, ForwardProgram.lease(key, part));
      }
      return leases.get(part).program();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compiles a part now.
   *
   * @throws IOException if the weights cannot be read
   */
  void compile(Part part) throws IOException {
    try {
      program(part);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** {@return the shape of the target's activations, without the batch} */
  int[] targetShape() {
    return program(Part.FRONT).targetShape();
  }

  /** {@return how the target's activations are seen as an image} */
  TargetView targetView() {
    return program(Part.FRONT).targetView();
  }

  /**
   * Runs a part of the network.
   *
   * @param part what is computed
   * @param inputs any number, see {@link ForwardProgram#run}
   * @return the result of each input, in order
   */
  List<float[]> run(Part part, List<float[]> inputs) {
    ForwardProgram program = program(part);
    List<float[]> results = new ArrayList<>();
    for (int start = 0; start < inputs.size(); start += batchSize) {
      List<float[]> wanted = inputs.subList(start, Math.min(start + batchSize, inputs.size()));
      results.addAll(
          program.run(Batches.filled(wanted, batchSize), threads).subList(0, wanted.size()));
    }
    return results;
  }

  @Override
  public synchronized void close() {
    leases.values().forEach(ProgramCache.Lease::close);
    leases.clear();
  }
}
