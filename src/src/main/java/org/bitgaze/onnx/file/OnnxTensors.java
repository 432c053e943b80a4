package org.bitgaze.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.weights.MappedRegions;
import org.bitgaze.weights.NotFinite;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * The parameters of a network, stored in its file or computed when they are read.
 *
 * @param description the file's path
 * @param parameters the constants, by the names that the graph gives them
 */
public record OnnxTensors(String description, Map<String, ConstantTensor> parameters)
    implements TensorSource {
  @Override
  public Set<String> names() {
    return parameters.keySet();
  }

  @Override
  public int[] shape(String name) throws OnnxException {
    return constant(name).shape().clone();
  }

  @Override
  public Tensor read(String name) throws OnnxException {
    ConstantTensor constant = constant(name);
    float[] data = constant.floats();
    requireFinite(name, NotFinite.in(data));
    return new Tensor(constant.shape().clone(), data);
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    Optional<ByteBuffer> mapped =
        constant(name).elements() instanceof StoredFloats stored
            ? MappedRegions.find(stored.bytes())
            : Optional.empty();
    requireFinite(name, mapped.flatMap(MappedRegions::notFinite));
    return mapped;
  }

  /**
   * Checks all elements of a parameter, in the file if they are stored there.
   *
   * @param name of the parameter
   * @throws OnnxException if one is not finite
   */
  public void check(String name) throws OnnxException {
    if (constant(name).elements() instanceof StoredFloats stored) {
      requireFinite(name, NotFinite.in(stored.bytes()));
    } else {
      read(name);
    }
  }

  private void requireFinite(String name, Optional<String> problem) throws OnnxException {
    if (problem.isPresent()) {
      throw problem(name, problem.get());
    }
  }

  private ConstantTensor constant(String name) throws OnnxException {
    ConstantTensor constant = parameters.get(name);
    if (constant == null) {
      throw problem(name, "is missing");
    }
    return constant;
  }

  private OnnxException problem(String name, String problem) {
    return new OnnxException(description + ": tensor '" + Quoted.of(name) + "' " + problem, null);
  }
}
