package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file of weights, whatever its format. A tensor that is not finite is refused when it is read.
 */
public final class WeightsFile implements TensorSource {
  private final StoredTensors base;
  private final Map<String, String> fileNames;
  private final List<String> notices;

  private WeightsFile(StoredTensors base, Map<String, String> fileNames, List<String> notices) {
    this.base = base;
    this.fileNames = fileNames;
    this.notices = notices;
  }

  /**
   * Opens a file of weights under the names that it gives its tensors. Names that torchvision has
   * changed since are translated, see {@link TensorNames}.
   *
   * @param file a {@code .safetensors} file, FastGaze's {@code .vxm} file, or one that PyTorch's
   *     {@code torch.save} wrote
   * @return its tensors, to be closed
   * @throws IOException if it cannot be read or is damaged
   */
  public static TensorSource open(Path file) throws IOException {
    StoredTensors base = reader(file);
    Map<String, String> fileNames = new LinkedHashMap<>();
    base.names().forEach(name -> fileNames.put(TensorNames.current(name), name));
    return new WeightsFile(base, fileNames, List.of());
  }

  /**
   * Opens a file that holds a network's parameters, perhaps under a prefix, within dicts, or beside
   * other things.
   *
   * @param file as above
   * @param wanted what the network needs
   * @param part which of several state dicts to take, such as {@code ema}; empty for the only one
   * @return its tensors under the network's names, to be closed; {@link #notices} say what was
   *     chosen and converted
   * @throws WeightsException if more than one part of the file has the parameters, or an element
   *     type cannot be read; whether all are there is the caller's to check
   * @throws IOException if it cannot be read or is damaged
   */
  public static TensorSource open(Path file, WantedParameters wanted, String part)
      throws IOException {
    StoredTensors base = reader(file);
    try {
      StateDictChoice choice = StateDictChoice.of(base, wanted, part);
      return new WeightsFile(base, choice.fileNames(), choice.notices());
    } catch (IOException | RuntimeException e) {
      base.close();
      throw e;
    }
  }

  private static StoredTensors reader(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".safetensors")) {
      return new Safetensors(file);
    }
    return name.endsWith(".vxm") ? new VxmFile(file) : new PthFile(file);
  }

  @Override
  public Set<String> names() {
    return fileNames.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return base.shape(fileName(name));
  }

  @Override
  public Tensor read(String name) throws IOException {
    Tensor tensor = base.read(fileName(name));
    requireFinite(name, NotFinite.in(tensor.data()));
    return tensor;
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    Optional<ByteBuffer> mapped = base.map(fileName(name));
    requireFinite(name, mapped.flatMap(MappedRegions::notFinite));
    return mapped;
  }

  private String fileName(String name) {
    return fileNames.getOrDefault(name, name);
  }

  private void requireFinite(String name, Optional<String> problem) throws WeightsException {
    if (problem.isPresent()) {
      throw new WeightsException(description() + ": tensor '" + name + "' " + problem.get());
    }
  }

  @Override
  public List<String> notices() {
    return notices;
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
