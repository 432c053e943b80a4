package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file of weights, whatever its format. Names that torchvision has changed since a file was
 * published are translated (DenseNet's spell {@code denselayer1.norm.1} what is now called {@code
 * denselayer1.norm1}), and a tensor that is not finite is refused when it is read.
 */
public final class WeightsFile implements TensorSource {
  private static final Pattern OLD_DENSENET =
      Pattern.compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..*)");

  private final TensorSource base;
  private final Map<String, String> oldNames = new LinkedHashMap<>();

  private WeightsFile(TensorSource base) {
    this.base = base;
    base.names().forEach(n -> oldNames.put(OLD_DENSENET.matcher(n).replaceFirst("$1$2"), n));
  }

  /**
   * Opens a file of weights.
   *
   * @param file a {@code .safetensors} file, FastGaze's {@code .vxm} file, or one that PyTorch's
   *     {@code torch.save} wrote
   * @return its tensors, to be closed
   * @throws IOException if it cannot be read or is damaged
   */
  public static TensorSource open(Path file) throws IOException {
    return new WeightsFile(reader(file));
  }

  private static TensorSource reader(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".safetensors")) {
      return new Safetensors(file);
    }
    return name.endsWith(".vxm") ? new VxmFile(file) : new PthFile(file);
  }

  @Override
  public Set<String> names() {
    return oldNames.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return base.shape(oldNames.getOrDefault(name, name));
  }

  @Override
  public Tensor read(String name) throws IOException {
    Tensor tensor = base.read(oldNames.getOrDefault(name, name));
    requireFinite(name, NotFinite.in(tensor.data()));
    return tensor;
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    Optional<ByteBuffer> mapped = base.map(oldNames.getOrDefault(name, name));
    requireFinite(name, mapped.flatMap(MappedRegions::notFinite));
    return mapped;
  }

  private void requireFinite(String name, Optional<String> problem) throws WeightsException {
    if (problem.isPresent()) {
      throw new WeightsException(description() + ": tensor '" + name + "' " + problem.get());
    }
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
  public void close() throws IOException {
    base.close();
  }
}
