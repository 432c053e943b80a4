package org.bitgaze.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bitgaze.weights.MappedRegions;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * A network's parameters: as its file has them, or computed when they are read.
 *
 * @param description the file's path
 * @param parameters by the name that the graph knows them by
 */
record OnnxTensors(String description, Map<String, Constant> parameters) implements TensorSource {
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
    Constant constant = constant(name);
    float[] data = constant.floats();
    for (int i = 0; i < data.length; i++) {
      requireFinite(name, i, data[i]);
    }
    return new Tensor(constant.shape().clone(), data);
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    Optional<ByteBuffer> mapped =
        constant(name).elements() instanceof StoredFloats stored
            ? MappedRegions.find(stored.bytes())
            : Optional.empty();
    if (mapped.isPresent()) {
      requireFinite(name, mapped.get());
    }
    return mapped;
  }

  /**
   * Looks at all elements of a parameter, where they lie if they do.
   *
   * @throws OnnxException if one is not finite
   */
  void check(String name) throws OnnxException {
    if (constant(name).elements() instanceof StoredFloats stored) {
      requireFinite(name, stored.bytes());
    } else {
      read(name);
    }
  }

  private void requireFinite(String name, ByteBuffer floats) throws OnnxException {
    OptionalInt bad = MappedRegions.firstNotFinite(floats);
    if (bad.isPresent()) {
      requireFinite(name, bad.getAsInt(), floats.getFloat(Float.BYTES * bad.getAsInt()));
    }
  }

  private void requireFinite(String name, int index, float element) throws OnnxException {
    if (!Float.isFinite(element)) {
      throw problem(name, "has " + element + " at element " + index);
    }
  }

  private Constant constant(String name) throws OnnxException {
    Constant constant = parameters.get(name);
    if (constant == null) {
      throw problem(name, "is not there");
    }
    return constant;
  }

  private OnnxException problem(String name, String problem) {
    return new OnnxException(description + ": tensor '" + Quoted.of(name) + "' " + problem, null);
  }
}
