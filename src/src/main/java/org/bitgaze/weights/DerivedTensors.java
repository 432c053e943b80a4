package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A source in which some tensors are replaced by ones computed from another source, each at the
 * moment it is read.
 *
 * @param base where everything else comes from
 * @param derived name to computation and shape
 */
public record DerivedTensors(TensorSource base, Map<String, Derivation> derived)
    implements TensorSource {

  /**
   * How one tensor is made.
   *
   * @param shape its shape
   * @param computation what computes it
   */
  public record Derivation(int[] shape, Computation computation) {}

  /** Computes a tensor from others. */
  @FunctionalInterface
  public interface Computation {
    /**
     * Computes the tensor.
     *
     * @param base where to read its ingredients
     * @return the tensor
     * @throws IOException if they cannot be read
     */
    Tensor compute(TensorSource base) throws IOException;
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(base.names());
    names.addAll(derived.keySet());
    return names;
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    Derivation derivation = derived.get(name);
    return derivation == null ? base.shape(name) : derivation.shape().clone();
  }

  @Override
  public Tensor read(String name) throws IOException {
    Derivation derivation = derived.get(name);
    return derivation == null ? base.read(name) : derivation.computation().compute(base);
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    return derived.containsKey(name) ? Optional.empty() : base.map(name);
  }

  @Override
  public String description() {
    return base.description();
  }

  @Override
  public Map<String, String> metadata() {
    return base.metadata();
  }

  @Override
  public List<String> notices() {
    return base.notices();
  }

  @Override
  public void close() throws IOException {
    base.close();
  }
}
