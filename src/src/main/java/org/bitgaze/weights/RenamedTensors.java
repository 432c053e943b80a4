package org.bitgaze.weights;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A source whose tensors were saved under old names. DenseNet's published weights spell {@code
 * denselayer1.norm.1} what torchvision now calls {@code denselayer1.norm1}.
 */
final class RenamedTensors implements TensorSource, Closeable {
  private static final Pattern OLD_DENSENET =
      Pattern.compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..*)");

  private final TensorSource base;
  private final Map<String, String> oldNames = new LinkedHashMap<>();

  RenamedTensors(TensorSource base) {
    this.base = base;
    base.names().forEach(n -> oldNames.put(OLD_DENSENET.matcher(n).replaceFirst("$1$2"), n));
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
    return base.read(oldNames.getOrDefault(name, name));
  }

  @Override
  public String description() {
    return base.description();
  }

  @Override
  public void close() throws IOException {
    if (base instanceof Closeable closeable) {
      closeable.close();
    }
  }
}
