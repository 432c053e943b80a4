package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.weights.StateDictUnpickler.TensorView;

/**
 * A PyTorch state dict as {@code torch.save} writes it: a zip archive since 1.6, a stream of
 * pickles and raw storages before. Nothing in the file is executed, see {@link StateDictUnpickler}.
 * Every tensor is checked against its storage when the file is opened; elements are read one tensor
 * at a time.
 */
public final class PthFile implements TensorSource {
  private final Path file;
  private final PthStorages storages;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();

  /**
   * Opens a file and checks its tensors.
   *
   * @param file a {@code .pth} file
   * @throws WeightsException if it is damaged, or holds anything but tensors
   * @throws IOException if it cannot be read
   */
  public PthFile(Path file) throws IOException {
    this.file = file;
    PthStorages opened = null;
    try {
      opened = PthStorages.open(file);
      storages = opened;
      collect(opened.root());
    } catch (IOException e) {
      close(opened);
      throw e instanceof WeightsException
          ? e
          : new WeightsException(file + ": no readable PyTorch file: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close(opened);
      throw new WeightsException(file + ": no PyTorch state dict: " + e.getMessage(), e);
    }
  }

  private static void close(PthStorages opened) throws IOException {
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    long[] shape = view(name).shape();
    int[] sizes = new int[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) shape[i];
    }
    return sizes;
  }

  @Override
  public Tensor read(String name) throws IOException {
    TensorView v = view(name);
    Dtype dtype = Dtype.ofStorage(v.storage().type());
    if (dtype == null) {
      throw damaged(name, "is a " + v.storage().type() + "; expected Float, Half or BFloat16");
    }
    int[] shape = shape(name);
    int elements = (int) Tensor.elements(shape);
    if (elements == 0) {
      return new Tensor(shape, new float[0]);
    }
    long last = lastElement(v);
    long from = v.offset() * dtype.width();
    int length = Math.toIntExact((last - v.offset() + 1) * dtype.width());
    float[] run = dtype.toFloats(storages.read(v.storage(), from, length));
    return new Tensor(shape, isContiguous(v) ? run : gather(v, run, elements));
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    TensorView v = view(name);
    Dtype dtype = Dtype.ofStorage(v.storage().type());
    long elements = Tensor.elements(shape(name));
    return dtype == null || elements == 0 || !isContiguous(v)
        ? Optional.empty()
        : storages.map(v.storage(), v.offset() * dtype.width(), elements * dtype.width(), dtype);
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    storages.close();
  }

  private TensorView view(String name) throws WeightsException {
    TensorView view = tensors.get(name);
    if (view == null) {
      throw new WeightsException(file + ": no tensor '" + name + "'");
    }
    return view;
  }

  private void collect(Object root) throws IOException {
    if (!(root instanceof Map<?, ?> map)) {
      throw new WeightsException(file + ": holds no state dict");
    }
    Object nested = map.get("state_dict");
    Map<?, ?> dict = nested instanceof Map<?, ?> inner ? inner : map;
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (entry.getKey() instanceof String name && entry.getValue() instanceof TensorView view) {
        check(name, view);
        tensors.put(name, view);
      }
    }
    if (tensors.isEmpty()) {
      throw new WeightsException(file + ": holds no tensors");
    }
  }

  private void check(String name, TensorView v) throws IOException {
    long declared = v.storage().elements();
    long bytes = storages.size(v.storage());
    int width = Dtype.widthOfStorage(v.storage().type());
    if (bytes < 0) {
      throw damaged(name, "has no storage '" + v.storage().key() + "'");
    }
    if (declared < 0 || declared > bytes / width) {
      throw damaged(name, "has a storage of " + declared + " elements in " + bytes + " bytes");
    }
    if (v.shape().length != v.strides().length || v.shape().length > 8) {
      throw damaged(
          name, "has " + v.shape().length + " sizes and " + v.strides().length + " strides");
    }
    long elements = 1;
    for (int i = 0; i < v.shape().length; i++) {
      if (v.shape()[i] < 0 || v.strides()[i] < 0) {
        throw damaged(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      // So that the product of two stays below 2^63.
      if (v.shape()[i] > Integer.MAX_VALUE || v.strides()[i] > Integer.MAX_VALUE) {
        throw damaged(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      elements = Math.min(elements * v.shape()[i], Integer.MAX_VALUE);
    }
    if (v.offset() < 0 || elements > declared || (elements > 0 && lastElement(v) >= declared)) {
      throw damaged(name, "reaches past its storage of " + declared + " elements");
    }
  }

  private static long lastElement(TensorView v) {
    long last = v.offset();
    for (int i = 0; i < v.shape().length; i++) {
      last = Math.addExact(last, Math.multiplyExact(v.shape()[i] - 1, v.strides()[i]));
    }
    return last;
  }

  private static boolean isContiguous(TensorView v) {
    long step = 1;
    for (int i = v.shape().length - 1; i >= 0; i--) {
      if (v.shape()[i] != 1 && v.strides()[i] != step) {
        return false;
      }
      step *= v.shape()[i];
    }
    return true;
  }

  private static float[] gather(TensorView v, float[] run, int elements) {
    float[] out = new float[elements];
    long[] index = new long[v.shape().length];
    for (int i = 0; i < elements; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * v.strides()[d];
      }
      out[i] = run[(int) at];
      for (int d = index.length - 1; d >= 0 && ++index[d] == v.shape()[d]; d--) {
        index[d] = 0;
      }
    }
    return out;
  }

  private WeightsException damaged(String name, String problem) {
    return new WeightsException(file + ": tensor '" + name + "' " + problem);
  }
}
